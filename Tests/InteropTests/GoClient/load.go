package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"sync"
	"time"

	"google.golang.org/grpc/status"
	smartflow "smartflow.dev/proto/smartflow/v1"
)

// What became of the calls of a load; times in microseconds.
type tally struct {
	Made     int            `json:"made"`
	Answered int            `json:"answered"`
	Failed   map[string]int `json:"failed"`
	P50      float64        `json:"p50_us"`
	P99      float64        `json:"p99_us"`
	Max      float64        `json:"max_us"`
}

// load keeps a number of calls in flight on each of some connections for a while, and counts what became of
// each. A connection that is lost is not made anew, so that each loss shows as failures of all that follows.
func load(socket string, arguments []string, isDry bool) error {
	connections, err := strconv.Atoi(arguments[0])
	if err != nil || connections < 1 {
		return fmt.Errorf("`%s` is no number of connections", arguments[0])
	}
	inFlight, err := strconv.Atoi(arguments[1])
	if err != nil || inFlight < 1 {
		return fmt.Errorf("`%s` is no number of calls in flight", arguments[1])
	}
	seconds, err := strconv.ParseFloat(arguments[2], 64)
	if err != nil || seconds <= 0 {
		return fmt.Errorf("`%s` is no number of seconds", arguments[2])
	}

	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	request := executeRequest(mariaTree, `{"daysInactive": 7}`)
	request.Options = &smartflow.ExecutionOptions{DryRun: isDry}
	var lock sync.Mutex
	var times []float64
	result := tally{Failed: map[string]int{}}
	var waiting sync.WaitGroup
	for index := 0; index < connections; index++ {
		client, err := connect(socket, 0)
		if err != nil {
			return err
		}
		defer client.Close()
		for caller := 0; caller < inFlight; caller++ {
			waiting.Add(1)
			go func() {
				defer waiting.Done()
				own := tally{Failed: map[string]int{}}
				var ownTimes []float64
				for time.Now().Before(end) {
					// Far longer than a call takes: what is answered late is still answered.
					ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
					began := time.Now()
					_, err := smartflow.NewExecutionServiceClient(client).ExecuteTree(ctx, request)
					cancel()
					own.Made++
					if err != nil {
						reason := err.Error()
						if failure, ok := status.FromError(err); ok {
							reason = failure.Code().String()
						}
						own.Failed[reason]++
						continue
					}
					own.Answered++
					ownTimes = append(ownTimes, float64(time.Since(began).Nanoseconds())/1000)
				}
				lock.Lock()
				defer lock.Unlock()
				result.Made += own.Made
				result.Answered += own.Answered
				for reason, count := range own.Failed {
					result.Failed[reason] += count
				}
				times = append(times, ownTimes...)
			}()
		}
	}
	waiting.Wait()
	if len(times) > 0 {
		sort.Float64s(times)
		result.P50 = times[len(times)/2]
		result.P99 = times[len(times)*99/100]
		result.Max = times[len(times)-1]
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}
