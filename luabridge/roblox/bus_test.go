package roblox

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/sched"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

// audience is servers on one bus.
type audience struct {
	sim     *sched.Sim
	servers []*world
	lost    []string // what Diagnose was told
}

func newAudience(t *testing.T, servers int, o BusOptions) *audience {
	a := &audience{sim: sched.New(testStart)}
	bus := NewBus(a.sim, o)
	for n := range servers {
		w := &world{t: t, sim: a.sim}
		w.Server = New(vm.Options{Sim: a.sim, Library: stdlib.Library()}, Options{
			Bus: bus, JobID: fmt.Sprint("server ", n),
			Output:   func(m Message) { w.said = append(w.said, m.Text) },
			Diagnose: func(d Diagnostic) { a.lost = append(a.lost, d.Error()) },
		})
		t.Cleanup(w.VM.Close)
		a.servers = append(a.servers, w)
	}
	return a
}

// subscribe has every server say what it hears of a topic.
func (a *audience) subscribe(topic string) {
	for _, w := range a.servers {
		w.start(`game:GetService("MessagingService"):SubscribeAsync("` + topic + `",
			function(message) print(message.Data) end)`)
	}
	a.sim.RunUntil(a.sim.Now().Add(time.Millisecond))
}

// publish has the first server send the numbers 1 to n.
func (a *audience) publish(topic string, n int) {
	a.servers[0].start(fmt.Sprintf(`local messaging = game:GetService("MessagingService")
		for i = 1, %d do messaging:PublishAsync(%q, i) end`, n, topic))
	a.sim.Run()
}

// heard returns what each server heard, in one line.
func (a *audience) heard() []string {
	var all []string
	for _, w := range a.servers {
		all = append(all, strings.ReplaceAll(w.heard(), "\n", " "))
	}
	return all
}

func count(line string) int { return len(strings.Fields(line)) }

// R216: 40 + 80 for each server there is, of one topic, a minute.
func TestATopicIsReceivedSoOftenAMinute(t *testing.T) {
	a := newAudience(t, 1, BusOptions{})
	a.subscribe("t")
	a.publish("t", 130)
	require.Equal(t, []int{120}, counts(a.heard()))
	require.Len(t, a.lost, 10)
	require.Equal(t, `topic "t": a message is lost: `+
		"the servers received as many this minute as they may", a.lost[0])
	a.sim.RunUntil(a.sim.Now().Add(time.Minute))
	a.publish("t", 1)
	require.Equal(t, []string{"1"}, a.heard())

	a = newAudience(t, 4, BusOptions{}) // 360 deliveries, to four servers each
	a.subscribe("t")
	a.publish("t", 100)
	require.Equal(t, []int{90, 90, 90, 90}, counts(a.heard()))
}

func counts(lines []string) []int {
	var all []int
	for _, line := range lines {
		all = append(all, count(line))
	}
	return all
}

// R216: 400 + 200 for each server there is, of all topics.
func TestAGameReceivesSoMuchAMinute(t *testing.T) {
	a := newAudience(t, 2, BusOptions{})
	for n := range 4 {
		a.subscribe(fmt.Sprint("t", n))
	}
	for n := range 4 { // 100 to each of two servers are within what a topic may receive
		a.servers[0].start(fmt.Sprintf(`local messaging = game:GetService("MessagingService")
			for i = 1, 100 do messaging:PublishAsync("t%d", i) end`, n))
	}
	a.sim.Run()
	require.Equal(t, []int{400, 400}, counts(a.heard()))
	a.publish("t0", 1)
	require.Equal(t, []int{0, 0}, counts(a.heard()))
	require.Len(t, a.lost, 2)
}

// Servers that have ended do not count.
func TestLimitsFollowTheServersThereAre(t *testing.T) {
	a := newAudience(t, 3, BusOptions{})
	a.subscribe("t")
	a.servers[1].Crash()
	require.NoError(t, a.servers[2].Shutdown("ServerEmpty", nil))
	a.sim.Run()
	a.publish("t", 130)
	require.Equal(t, []int{120, 0, 0}, counts(a.heard()))
}

// R217.
func TestMessagesMayBeLostRepeatedAndReordered(t *testing.T) {
	const inOrder = "1 2 3 4 5 6 7 8"
	said := func(o BusOptions) []string {
		a := newAudience(t, 2, o)
		a.subscribe("t")
		a.publish("t", 8)
		return a.heard()
	}
	require.Equal(t, []string{inOrder, inOrder}, said(BusOptions{Seed: 1}))
	require.Equal(t, []string{"", ""}, said(BusOptions{Drop: 1}))
	require.Equal(t, []int{16, 16}, counts(said(BusOptions{Duplicate: 1})))

	some := said(BusOptions{Drop: 0.5, Seed: 1})
	require.NotEqual(t, some[0], some[1], "each server loses others")
	require.Subset(t, strings.Fields(inOrder), strings.Fields(some[0]))
	require.Equal(t, some, said(BusOptions{Drop: 0.5, Seed: 1}))
	require.NotEqual(t, some, said(BusOptions{Drop: 0.5, Seed: 2}))

	mixed := said(BusOptions{Jitter: time.Second, Seed: 1})
	require.ElementsMatch(t, strings.Fields(inOrder), strings.Fields(mixed[0]))
	require.NotEqual(t, inOrder, mixed[0])
}

func TestTheDelayOfMessagesIsChosen(t *testing.T) {
	a := newAudience(t, 1, BusOptions{Delay: 5 * time.Second})
	a.subscribe("t")
	a.publish("t", 1)
	require.Equal(t, []string{"1"}, a.heard())
	require.Equal(t, testStart.Add(5*time.Second+time.Millisecond), a.sim.Now())
}

// One message more does not change the fate of the others.
func TestTheFateOfAMessageIsItsOwn(t *testing.T) {
	fates := func(messages ...string) string {
		a := newAudience(t, 2, BusOptions{Drop: 0.5, Seed: 3})
		a.subscribe("t")
		for _, message := range messages {
			a.servers[0].start(`game:GetService("MessagingService"):PublishAsync("t", "` + message + `")`)
		}
		a.sim.Run()
		heard := strings.Join(a.heard(), " | ")
		return strings.Join(strings.Fields(strings.ReplaceAll(heard, "extra", "")), " ")
	}
	usual := fates("a", "b", "c", "d", "e", "f", "c")
	require.Equal(t, usual, fates("extra", "a", "b", "extra", "c", "d", "e", "f", "c"))
}

func TestTheDelayOfMessagesCanBeDrawn(t *testing.T) {
	a := newAudience(t, 1, BusOptions{DelayAt: func(u uint32) time.Duration {
		return time.Second + time.Duration(uint64(u)*uint64(time.Second)>>32)
	}})
	a.subscribe("t")
	began := a.sim.Now()
	a.publish("t", 1)
	took := a.sim.Now().Sub(began)
	require.Greater(t, took, time.Second)
	require.Less(t, took, 2*time.Second)
	a.servers[0].options.Bus.SetOptions(BusOptions{Drop: 1})
	a.heard()
	a.publish("t", 1)
	require.Equal(t, []string{""}, a.heard())
}
