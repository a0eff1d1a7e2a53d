package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/containerd/ttrpc"
	"github.com/gogo/protobuf/types"
	health "google.golang.org/grpc/health/grpc_health_v1"
	smartflow "smartflow.dev/proto/smartflow/v1"
)

// The format's origin, as it stands in the documentation.
const mariaTree = `{
  "type": "Condition",
  "parameters": { "expression": "daysInactive > 5" },
  "trueAction":  { "type": "SendSMS",   "parameters": { "phone": "+1234567890", "message": "We miss you!" } },
  "falseAction": { "type": "SendEmail", "parameters": { "from": "promo@game.com", "to": "maria@example.com", "subject": "New offers await!" } }
}`

// More than one frame may hold.
const tooLarge = 4<<20 + 1

// A case makes one call and gives what came back.
type testCase struct {
	name string
	call func(ctx context.Context, client *ttrpc.Client) (interface{}, error)
	// Sent instead of the context's own; a test of the protocol, not of the library.
	timeout time.Duration
}

func executeRequest(tree, properties string) *smartflow.ExecuteTreeRequest {
	return &smartflow.ExecuteTreeRequest{
		Tree:     &smartflow.ExecuteTreeRequest_TreeJson{TreeJson: []byte(tree)},
		Context:  &smartflow.ExecuteTreeRequest_ContextJson{ContextJson: []byte(properties)},
		PlayerId: "p-1001",
	}
}

func executing(request *smartflow.ExecuteTreeRequest) func(context.Context, *ttrpc.Client) (interface{}, error) {
	return func(ctx context.Context, client *ttrpc.Client) (interface{}, error) {
		response, err := smartflow.NewExecutionServiceClient(client).ExecuteTree(ctx, request)
		if err != nil {
			return nil, err
		}
		return describeExecution(response.Execution), nil
	}
}

func optionally(request *smartflow.ExecuteTreeRequest, options smartflow.ExecutionOptions) *smartflow.ExecuteTreeRequest {
	request.Options = &options
	return request
}

func checkingHealth(service string) func(context.Context, *ttrpc.Client) (interface{}, error) {
	return func(ctx context.Context, client *ttrpc.Client) (interface{}, error) {
		var response health.HealthCheckResponse
		err := client.Call(
			ctx, "grpc.health.v1.Health", "Check", &health.HealthCheckRequest{Service: service}, &response)
		if err != nil {
			return nil, err
		}
		return response.Status.String(), nil
	}
}

func calling(service, method string) func(context.Context, *ttrpc.Client) (interface{}, error) {
	return func(ctx context.Context, client *ttrpc.Client) (interface{}, error) {
		return nil, client.Call(ctx, service, method, &types.Empty{}, &types.Empty{})
	}
}

// mariaNode is Maria's tree as messages.
func mariaNode() *smartflow.Node {
	return &smartflow.Node{
		Type:       "Condition",
		Parameters: message(`{"expression": "daysInactive > 5"}`),
		TrueAction: &smartflow.Node{
			Type: "SendSMS", Parameters: message(`{"phone": "+1234567890", "message": "We miss you!"}`),
		},
		FalseAction: &smartflow.Node{
			Type: "SendEmail",
			Parameters: message(
				`{"from": "promo@game.com", "to": "maria@example.com", "subject": "New offers await!"}`),
		},
	}
}

func sending(parameters string) string {
	return `{"type": "SendSMS", "parameters": ` + parameters + `}`
}

func deciding(expression string) string {
	text, err := json.Marshal(expression)
	if err != nil {
		panic(err)
	}
	return `{"type": "Condition", "parameters": {"expression": ` + string(text) +
		`}, "trueAction": ` + sending(`{"phone": "+1234567890", "message": "x"}`) + `}`
}

func cases(socket string) []testCase {
	const service = "smartflow.v1.ExecutionService"
	return []testCase{
		{name: "tree and context as JSON, true", call: executing(executeRequest(mariaTree, `{"daysInactive": 7}`))},
		{name: "tree and context as JSON, false", call: executing(executeRequest(mariaTree, `{"daysInactive": 5}`))},
		{name: "context as Struct", call: executing(&smartflow.ExecuteTreeRequest{
			Tree:     &smartflow.ExecuteTreeRequest_TreeJson{TreeJson: []byte(mariaTree)},
			Context:  &smartflow.ExecuteTreeRequest_ContextStruct{ContextStruct: message(`{"daysInactive": 7}`)},
			PlayerId: "p-1001",
		})},
		{name: "tree as messages", call: executing(&smartflow.ExecuteTreeRequest{
			Tree:     &smartflow.ExecuteTreeRequest_TreeNode{TreeNode: mariaNode()},
			Context:  &smartflow.ExecuteTreeRequest_ContextStruct{ContextStruct: message(`{"daysInactive": 7}`)},
			PlayerId: "p-1001",
		})},
		{name: "dry run with trace", call: executing(optionally(
			executeRequest(mariaTree, `{"daysInactive": 7}`), smartflow.ExecutionOptions{DryRun: true, Trace: true}))},
		{name: "templates render", call: executing(executeRequest(
			sending(`{"phone": "{{phone}}", "message": "Grüße {{name}}, {{text(bonus)}} free spins 🎰"}`),
			`{"phone": "+35621234567", "name": "Maria", "bonus": 5}`))},
		{name: "batch", call: batch},
		{name: "sound tree", call: validating(mariaTree)},
		{name: "unsound tree", call: validating(deciding("daysInactive >"))},
		{name: "health of the server", call: checkingHealth("")},
		{name: "health of the service", call: checkingHealth(service)},
		{name: "many calls at once", call: many(socket)},
		{name: "trace context", call: traced(executing(executeRequest(mariaTree, `{"daysInactive": 7}`)))},

		{name: "tree is no JSON", call: executing(executeRequest(`{"type": "Condition"`, `{}`))},
		{name: "tree with a key twice", call: executing(executeRequest(`{"type": "SendSMS", "type": "SendSMS"}`, `{}`))},
		{name: "no tree", call: executing(&smartflow.ExecuteTreeRequest{PlayerId: "p-1001"})},
		{name: "unknown node type", call: executing(executeRequest(`{"type": "SendSMSS", "parameters": {}}`, `{}`))},
		{name: "unknown field", call: executing(executeRequest(
			`{"type": "SendSMS", "parameters": {"phone": "+1234567890", "message": "x"}, "trueActoin": {}}`, `{}`))},
		{name: "action against its schema", call: executing(executeRequest(sending(`{"phone": "12", "message": "x"}`), `{}`))},
		{name: "expression does not compile", call: executing(executeRequest(deciding("daysInactive >"), `{}`))},
		{name: "unknown function", call: executing(executeRequest(deciding("florr(3) > 1"), `{}`))},
		{name: "unknown property", call: executing(executeRequest(deciding("daysInactiv > 5"), `{"daysInactive": 7}`))},
		{name: "property of the wrong type", call: executing(executeRequest(deciding("daysInactive > 5"), `{"daysInactive": "7"}`))},
		{name: "context is no JSON", call: executing(executeRequest(mariaTree, `{"daysInactive": `))},
		{name: "context is no object", call: executing(executeRequest(mariaTree, `[]`))},
		{name: "context nested too deep", call: executing(executeRequest(
			mariaTree, `{"a":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`}`))},
		{name: "idempotency key too long", call: executing(optionally(
			executeRequest(mariaTree, `{"daysInactive": 7}`),
			smartflow.ExecutionOptions{IdempotencyKey: strings.Repeat("k", 300)}))},
		{name: "locale", call: executing(optionally(
			executeRequest(mariaTree, `{"daysInactive": 7}`), smartflow.ExecutionOptions{Locale: "mt"}))},
		{name: "now without dry run", call: executing(optionally(
			executeRequest(mariaTree, `{"daysInactive": 7}`),
			smartflow.ExecutionOptions{Now: &types.Timestamp{Seconds: 1}}))},
		{name: "unknown service", call: calling("smartflow.v9.ExecutionService", "ExecuteTree")},
		{name: "unknown method", call: calling(service, "ExecuteForest")},
		{name: "method of the admin socket", call: calling("smartflow.v1.AdminService", "GetServerInfo")},
		{name: "streaming health", call: calling("grpc.health.v1.Health", "Watch")},
		{name: "health of an unknown service", call: checkingHealth("smartflow.v1.Nothing")},
		{name: "negative timeout", timeout: -1, call: executing(executeRequest(mariaTree, `{"daysInactive": 7}`))},
		{name: "message too large", call: executing(executeRequest(strings.Repeat(" ", tooLarge), `{}`))},
	}
}

// traced makes a call on behalf of a trace.
func traced(call func(context.Context, *ttrpc.Client) (interface{}, error)) func(context.Context, *ttrpc.Client) (interface{}, error) {
	return func(ctx context.Context, client *ttrpc.Client) (interface{}, error) {
		return call(ttrpc.WithMetadata(ctx, ttrpc.MD{
			"traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
		}), client)
	}
}

func suite(socket string) error {
	output := json.NewEncoder(os.Stdout)
	// One connection for all: a refused call must not harm the next one.
	shared, err := connect(socket, 0)
	if err != nil {
		return err
	}
	defer shared.Close()
	for _, one := range append(cases(socket), testCase{
		name: "after all that", call: executing(executeRequest(mariaTree, `{"daysInactive": 7}`)),
	}) {
		client := shared
		if one.timeout != 0 {
			if client, err = connect(socket, one.timeout); err != nil {
				return err
			}
			defer client.Close()
		}
		// Far longer than a call takes; it only keeps a hanging server from hanging the test.
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		answer, err := one.call(ctx, client)
		cancel()
		if err := output.Encode(describe(one.name, answer, err)); err != nil {
			return err
		}
	}
	return nil
}

func batch(ctx context.Context, client *ttrpc.Client) (interface{}, error) {
	request := &smartflow.ExecuteBatchRequest{
		Tree: &smartflow.ExecuteBatchRequest_TreeJson{TreeJson: []byte(mariaTree)},
	}
	for _, properties := range []string{`{"daysInactive": 9}`, `{"daysInactive": 1}`, `{}`, `[`} {
		request.Items = append(request.Items, &smartflow.BatchItem{
			Context:  &smartflow.BatchItem_ContextJson{ContextJson: []byte(properties)},
			PlayerId: "p-1001",
		})
	}
	response, err := smartflow.NewExecutionServiceClient(client).ExecuteBatch(ctx, request)
	if err != nil {
		return nil, err
	}
	results := []interface{}{}
	for _, result := range response.Results {
		if failure, ok := result.Result.(*smartflow.BatchResult_Error); ok {
			results = append(results, map[string]int32{"code": failure.Error.Code})
		} else {
			results = append(results, describeExecution(result.GetExecution()))
		}
	}
	return results, nil
}

func validating(tree string) func(context.Context, *ttrpc.Client) (interface{}, error) {
	return func(ctx context.Context, client *ttrpc.Client) (interface{}, error) {
		response, err := smartflow.NewExecutionServiceClient(client).ValidateTree(
			ctx, &smartflow.ValidateTreeRequest{
				Tree: &smartflow.ValidateTreeRequest_TreeJson{TreeJson: []byte(tree)},
			})
		if err != nil {
			return nil, err
		}
		diagnostics := []string{}
		for _, one := range response.Diagnostics {
			diagnostics = append(diagnostics, fmt.Sprintf("%s %s %s", one.Severity, one.Code, one.Path))
		}
		return map[string]interface{}{
			"valid": response.Valid, "diagnostics": diagnostics, "canonical": string(response.CanonicalJson),
			"properties": response.ContextProperties,
		}, nil
	}
}

// many sends a thousand calls at once and checks that each got its own answer. The library does not hold back those that
// are more than a connection may have in flight, so there are several.
func many(socket string) func(context.Context, *ttrpc.Client) (interface{}, error) {
	return func(ctx context.Context, _ *ttrpc.Client) (interface{}, error) {
		var clients []*ttrpc.Client
		for len(clients) < connections {
			client, err := connect(socket, 0)
			if err != nil {
				return nil, err
			}
			defer client.Close()
			clients = append(clients, client)
		}
		return askAll(ctx, clients)
	}
}

const (
	connections = 4
	count       = 1000
)

func askAll(ctx context.Context, clients []*ttrpc.Client) (interface{}, error) {
	tree := sending(`{"phone": "+1234567890", "message": "{{name}}"}`)
	var waiting sync.WaitGroup
	failures := make(chan error, count)
	for index := 0; index < count; index++ {
		waiting.Add(1)
		go func(client *ttrpc.Client, name string) {
			defer waiting.Done()
			response, err := smartflow.NewExecutionServiceClient(client).ExecuteTree(
				ctx, executeRequest(tree, `{"name": "`+name+`"}`))
			if err != nil {
				failures <- err
				return
			}
			if response.Execution == nil {
				failures <- fmt.Errorf("an answer for %s without an execution", name)
				return
			}
			actions := response.Execution.Actions
			if len(actions) != 1 || plainStruct(actions[0].Parameters)["message"] != name {
				failures <- fmt.Errorf("asked for %s, got %v", name, actions)
			}
		}(clients[index%connections], fmt.Sprintf("player %d", index))
	}
	waiting.Wait()
	close(failures)
	for err := range failures {
		return nil, err
	}
	return count, nil
}
