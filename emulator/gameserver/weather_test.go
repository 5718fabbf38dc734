package gameserver_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

func TestBudgetsAccrueAtAShareOfTheirRate(t *testing.T) {
	l := newLimited(t, gameserver.Options{Weather: gameserver.Weather{BudgetShare: 0.1}})
	l.drain(emulator.StandardWrite)
	l.set("a")
	l.set("b")
	l.sim.RunUntil(start.Add(15 * time.Second))
	require.Equal(t, []string{"10s set a: done"}, l.log, "6 a minute, not 60")
	l.server.SetWeather(gameserver.Weather{})
	l.sim.Run()
	require.Equal(t, "16s set b: done", l.log[1], "half of it was earned, the rest comes fast; it looks once a second")
	l.sim.RunUntil(start.Add(time.Hour))
	l.server.SetWeather(gameserver.Weather{BudgetShare: 0.1})
	require.Equal(t, 18, l.server.Budget(emulator.StandardWrite), "what it cannot hold is lost")
}

func TestWeatherDropsCallsThatWouldWait(t *testing.T) {
	l := newLimited(t, gameserver.Options{Weather: gameserver.Weather{
		Drops: func(req emulator.Request) bool { return req.Key == "unlucky" },
	}})
	l.set("unlucky")
	l.sim.Run()
	require.Equal(t, []string{"0s set unlucky: done"}, l.log, "it did not have to wait")
	l.drain(emulator.StandardWrite)
	l.set("unlucky")
	l.set("lucky")
	l.sim.Run()
	require.Equal(t, []string{
		"0s set unlucky: " + emulator.ErrSetThrottled.Error(), "1s set lucky: done",
	}, l.log)
}

func TestWeatherLetsCallsOvertake(t *testing.T) {
	l := newLimited(t, gameserver.Options{Weather: gameserver.Weather{
		Overtakes: func(req emulator.Request) bool { return req.Key == "c" || req.Key == "d" },
	}})
	l.drain(emulator.StandardWrite)
	for _, key := range []string{"a", "b", "c", "d"} {
		l.set(key)
	}
	l.sim.Run()
	require.Equal(t, []string{
		"1s set d: done", "2s set c: done", "3s set a: done", "4s set b: done",
	}, l.log)
}

func TestWeatherKeepsTheCacheLonger(t *testing.T) {
	l := newLimited(t, gameserver.Options{Weather: gameserver.Weather{
		CacheLifetime: 30 * time.Second,
	}})
	read := func(at time.Duration) {
		l.sim.RunUntil(start.Add(at))
		l.call("read", func() error { _, err := l.coins.Get(t.Context(), "k", true); return err })
		l.sim.RunUntil(l.sim.Now())
	}
	read(0)
	read(30*time.Second - 1)
	require.Len(t, l.sent, 1)
	read(30 * time.Second)
	require.Len(t, l.sent, 2)
	l.server.SetWeather(gameserver.Weather{})
	read(61 * time.Second)
	read(65 * time.Second)
	require.Len(t, l.sent, 4)
}

func TestWeatherLiesAboutBudgets(t *testing.T) {
	l := newLimited(t, gameserver.Options{Weather: gameserver.Weather{
		BudgetShown: func(kind emulator.RequestType, left int) int {
			require.Equal(t, emulator.StandardRead, kind)
			return left + 900
		},
	}})
	require.Equal(t, 1000, l.server.Budget(emulator.StandardRead))
}
