package opencloud

import (
	"net/http"
	"unicode/utf8"
)

// The limits on messages (O46).
const (
	topicCharactersMax   = 80
	messageCharactersMax = 1024
)

// publishMessage sends a message to the game servers (O46).
func (c *call) publishMessage() (response, error) {
	var body struct {
		Topic   *string `json:"topic"`
		Message *string `json:"message"`
	}
	if err := c.decode(&body); err != nil {
		return response{}, err
	}
	if body.Topic == nil {
		return response{}, invalid("", "The topic is required.")
	}
	if err := c.publish(*body.Topic, body.Message); err != nil {
		return response{}, err
	}
	return none()
}

// publishMessageV1 is publishMessage with the topic in the path, and nothing in the answer.
func (c *call) publishMessageV1() (response, error) {
	var body struct {
		Message *string `json:"message"`
	}
	if err := c.decode(&body); err != nil {
		return response{}, err
	}
	return response{status: http.StatusOK}, c.publish(c.vars["topic"], body.Message)
}

func (c *call) publish(topic string, message *string) error {
	if n := utf8.RuneCountInString(topic); n == 0 || n > topicCharactersMax {
		return invalid("", "The topic is not valid.").because(
			"got a topic of %d characters, want 1 to %d", n, topicCharactersMax)
	}
	if message == nil {
		return invalid("", "The message is required.")
	}
	if n := utf8.RuneCountInString(*message); n > messageCharactersMax {
		return invalid("", "The message is too long.").because(
			"got a message of %d characters, want at most %d", n, messageCharactersMax)
	}
	if c.handler.options.Publish == nil {
		return nil // no server listens
	}
	return c.handler.options.Publish(topic, *message)
}
