package roblox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fetches answers requests with a fixed status and tells what was asked.
func fetches(status int, message string, asked *[]string) Options {
	return Options{
		Secrets: map[string]string{"key": "s3cret"},
		Fetch: func(_ context.Context, r FetchRequest) (FetchResponse, error) {
			var headers []string
			for name, value := range r.Header {
				headers = append(headers, name+"="+value)
			}
			slices.Sort(headers)
			*asked = append(*asked, fmt.Sprintf("%s %s [%s] %s",
				r.Method, r.URL, strings.Join(headers, " "), r.Body))
			return FetchResponse{
				Status: status, Message: message, Body: `{"a":1}`,
				Header: map[string]string{"Content-Type": "application/json"},
			}, nil
		},
	}
}

const cloud = `local cloud = "https://apis.roblox.com/cloud/v2/universes/1/data-stores"
`

func TestRequestAsyncReachesOpenCloud(t *testing.T) {
	var asked []string
	w := newWorld(t, fetches(404, "Not Found", &asked))
	require.Equal(t, "false 404 Not Found application/json {\"a\":1}", w.run(httpPrelude+cloud+`
		local answer = http:RequestAsync({
			Url = cloud .. "/D/entries/k", Method = "patch", Body = '{"value":1}',
			Headers = {
				["x-api-key"] = http:GetSecret("key"):AddPrefix("<"):AddSuffix(">"),
				["Content-Type"] = "application/json",
			},
		})
		print(answer.Success, answer.StatusCode, answer.StatusMessage,
			answer.Headers["content-type"], answer.Body)`))
	require.Equal(t, []string{"PATCH https://apis.roblox.com/cloud/v2/universes/1/data-stores/D/" +
		`entries/k [content-type=application/json x-api-key=<s3cret>] {"value":1}`}, asked)
}

func TestGetAsyncAndPostAsyncReturnTheBodyOrRaise(t *testing.T) {
	var asked []string
	const source = httpPrelude + cloud + `
		print(pcall(http.GetAsync, http, cloud))
		print(pcall(http.PostAsync, http, cloud, "{}", Enum.HttpContentType.TextPlain))`
	require.Equal(t, `true {"a":1}`+"\n"+`true {"a":1}`,
		newWorld(t, fetches(200, "OK", &asked)).run(source))
	require.Equal(t, "false HTTP 429 (Too Many Requests)\nfalse HTTP 429 (Too Many Requests)",
		newWorld(t, fetches(429, "Too Many Requests", &asked)).run(source))
	require.Len(t, asked, 4)
	require.Contains(t, asked[1], "[content-type=text/plain] {}")
}

// R223, O10.
func TestScriptsReachOnlyTheirPartOfOpenCloud(t *testing.T) {
	var asked []string
	const disabled = "false " + httpDisabledText
	const forbidden = "false " + httpForbiddenText
	for address, want := range map[string]string{
		"https://example.com/":                                      disabled,
		"http://apis.roblox.com/cloud/v2/universes/1":               disabled,
		"https://apis.roblox.com.evil.example/cloud/v2/universes/1": disabled,
		"https://x@apis.roblox.com:99/cloud/v2/universes/1":         disabled,
		"not an address": disabled,
		"https://apis.roblox.com/datastores/v1/universes/1":            forbidden,
		"https://apis.roblox.com/ordered-data-stores/v1/universes/1":   forbidden,
		"https://apis.roblox.com/cloud/v2/../v2/universes/1":           forbidden,
		"https://apis.roblox.com/cloud/v2/%2e%2e/universes":            forbidden,
		"https://apis.roblox.com/cloud/v2/data-stores/D:undelete":      forbidden,
		"https://apis.roblox.com/messaging-service/v1/universes/1/t/x": `true {"a":1}`,
	} {
		w := newWorld(t, fetches(200, "OK", &asked))
		source := fmt.Sprintf("print(pcall(http.GetAsync, http, %q))", address)
		require.Equal(t, want, w.run(httpPrelude+source), address)
	}
	require.Len(t, asked, 1)
}

func TestScriptsSendTwoHeadersAndTheKeyOnlyAsASecret(t *testing.T) {
	var asked []string
	for headers, want := range map[string]string{
		`{["x-api-key"] = "text"}`:    `false Header "x-api-key" must be a Secret`,
		`{Authorization = "Bearer"}`:  `false Header "Authorization" is not allowed in requests to Open Cloud`,
		`{["content-type"] = secret}`: `false Header "content-type" is not allowed in requests to Open Cloud`,
		`"x"`:                         `false Unable to cast string to Dictionary`,
	} {
		w := newWorld(t, fetches(200, "OK", &asked))
		require.Equal(t, want, w.run(httpPrelude+cloud+`local secret = http:GetSecret("key")
			print(pcall(http.RequestAsync, http, {Url = cloud, Headers = `+headers+`}))`))
	}
	require.Empty(t, asked)
}

func TestSecretsDoNotShowTheirText(t *testing.T) {
	var asked []string
	w := newWorld(t, fetches(200, "OK", &asked))
	require.Equal(t, "Secret Secret\nfalse Can't find secret with given key: other\n"+
		"false Missing required field Url", w.run(httpPrelude+`
		local secret = http:GetSecret("key")
		print(secret, typeof(secret))
		print(pcall(http.GetSecret, http, "other"))
		print(pcall(http.RequestAsync, http, {}))`))
}

// R223.
func TestAServerMayAskOpenCloudSoOftenAMinute(t *testing.T) {
	var asked []string
	w := newWorld(t, fetches(200, "OK", &asked))
	require.Equal(t, "Number of Open Cloud requests exceeded limit 2500", w.run(httpPrelude+cloud+`
		local count = 0
		while true do
			local ok, problem = pcall(http.GetAsync, http, cloud)
			if not ok then print(problem, count) break end
			count += 1
		end
		task.wait(60)
		http:GetAsync(cloud)`))
	require.Len(t, asked, 2501)
}

func TestAProblemOfTheEmulatorsIsNotLostInAPcall(t *testing.T) {
	w := newWorld(t, Options{Fetch: func(context.Context, FetchRequest) (FetchResponse, error) {
		return FetchResponse{}, errors.New("broken")
	}})
	require.Equal(t, "E savestone: GetAsync: broken\nfalse broken",
		w.run(httpPrelude+cloud+`print(pcall(http.GetAsync, http, cloud))`))
}

func TestOpenCloudsMessagesReachTheSubscribers(t *testing.T) {
	w := newWorld(t, Options{})
	w.start(`game:GetService("MessagingService"):SubscribeAsync("news", function(message)
		print(message.Data, typeof(message.Sent))
	end)`)
	w.sim.RunUntil(w.sim.Now())
	require.NoError(t, w.Publish("news", "say \"<hi>\""))
	w.sim.Run()
	require.Equal(t, `say "<hi>" number`, w.heard())
}
