// Package verdict says what worlds prove. Each world of a run comes down to a Row of counts; rows
// of shards are put together; a Claim is judged by all of them at once.
//
//	claims, err := verdict.ParseClaims([]string{"save_success >= 99.9%", "violations(I1) == 0"})
//	run.Claims = verdict.Judge(run.Rows, claims, verdict.Options{Confidence: 0.95})
//
// What never happens is judged by worlds too: none in so many worlds bounds the share of worlds
// that have it, and the result says that bound. Shares of saves are judged by how much worlds
// differ; where hardly any world had a failure, by the worlds that fall short. Whoever looks at
// results while they come in gets bounds that hold at any time (Decided, Run.Peeked).
//
// RowOf brings a judged world to its row; Keep and Again let it be judged another time; Merge puts
// shards together.
//
// A Run is a document: the same plan and seed give the same bytes, on however many processes it was
// run, so nothing in it tells of the machine or its time.
//
// It is a package of its own because the report and the commands need the numbers of a run without
// what made them: it knows neither Luau nor worlds.
package verdict
