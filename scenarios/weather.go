package scenarios

import (
	"context"
	"slices"

	"savestone/faults"
	"savestone/scenarios/history"
)

// firedMax is how many faults of a world are remembered one by one, for a shrinker.
const firedMax = 100_000

// weather makes the injector with the plan's faults.
func (w *world) weather() (*faults.Injector, error) {
	rules, err := w.plan.rules()
	if err != nil {
		return nil, err
	}
	truth := w.recorder.Truth(w.emulator)
	o := faults.Options{
		Go: func(late func(context.Context)) {
			w.sim.Go(func() { late(context.Background()) })
		},
		Foreign: w.recorder.Clients(truth),
	}
	if w.plan.Seed != "" {
		o.KeepFired = firedMax
	}
	return faults.New(breakStore(w.plan.System.Broken, truth), w.sim, w.seed, rules, o)
}

// addFaults adds rules to those that hold, and returns their IDs.
func (w *world) addFaults(rules faults.Plan) (ids []string, err error) {
	for _, rule := range rules {
		id, err := w.injector.Add(rule)
		if err != nil {
			return ids, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// dropFaults ends the rules of some IDs.
func (w *world) dropFaults(ids []string) {
	for _, id := range ids {
		w.injector.Remove(id)
	}
}

// beyond says which fault hit that the plan's system need not survive, "" if none did.
func (p *Plan) beyond(play *history.Play) string {
	for i := range play.Faults {
		if kind := play.Faults[i].Kind; slices.Contains(p.Outside, kind) {
			return kind + " hit, which the system need not survive"
		}
	}
	return ""
}
