package scenarios

import (
	"context"

	"savestone/faults"
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
