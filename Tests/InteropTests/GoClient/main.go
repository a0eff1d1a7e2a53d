// A client of SmartFlow Core that holds not one line of it: stubs made from proto/ by containerd's
// generator, containerd's ttRPC client, gRPC's own health messages, Google's own error details.
//
//	client SOCKET execute TREE.json CONTEXT.json    one line for each action
//	client ADMIN-SOCKET publish ID TREE.json        publishes and activates a tree, and says what it is
//	client SOCKET call ID CONTEXT.json              runs a published tree: which it was, and its actions
//	client SOCKET suite                             one line for each case of cases.go
//	client SOCKET load CONNECTIONS IN-FLIGHT SECONDS [dry]   calls for a while, and what became of them
//
// Lines are JSON. Exit code 0 when every call was answered, whatever the answer.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/containerd/ttrpc"
	"github.com/sirupsen/logrus"
	smartflow "smartflow.dev/proto/smartflow/v1"
)

func main() {
	// The library logs late answers; what it says is no data.
	logrus.SetOutput(os.Stderr)
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	switch {
	case len(arguments) == 4 && arguments[1] == "execute":
		return execute(arguments[0], arguments[2], arguments[3])
	case len(arguments) == 4 && arguments[1] == "publish":
		return publish(arguments[0], arguments[2], arguments[3])
	case len(arguments) == 4 && arguments[1] == "call":
		return call(arguments[0], arguments[2], arguments[3])
	case len(arguments) == 2 && arguments[1] == "suite":
		return suite(arguments[0])
	case len(arguments) == 5 && arguments[1] == "load":
		return load(arguments[0], arguments[2:], false)
	case len(arguments) == 6 && arguments[1] == "load" && arguments[5] == "dry":
		return load(arguments[0], arguments[2:5], true)
	default:
		return fmt.Errorf("usage: client SOCKET execute TREE.json CONTEXT.json | " +
			"client ADMIN-SOCKET publish ID TREE.json | client SOCKET call ID CONTEXT.json | " +
			"client SOCKET suite | client SOCKET load CONNECTIONS IN-FLIGHT SECONDS [dry]")
	}
}

// connect dials the daemon. A timeout other than 0 is sent as it stands, past the library's own rules.
func connect(socket string, timeout time.Duration) (*ttrpc.Client, error) {
	connection, err := net.Dial("unix", socket)
	if err != nil {
		return nil, err
	}
	if timeout == 0 {
		return ttrpc.NewClient(connection), nil
	}
	return ttrpc.NewClient(connection, ttrpc.WithUnaryClientInterceptor(
		func(ctx context.Context, request *ttrpc.Request, response *ttrpc.Response,
			_ *ttrpc.UnaryClientInfo, invoke ttrpc.Invoker) error {
			request.TimeoutNano = timeout.Nanoseconds()
			return invoke(ctx, request, response)
		})), nil
}

// dial connects for one call, with the time that it may take.
func dial(socket string) (*ttrpc.Client, context.Context, func(), error) {
	client, err := connect(socket, 0)
	if err != nil {
		return nil, nil, nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	return client, ctx, func() { cancel(); client.Close() }, nil
}

func execute(socket, treePath, contextPath string) error {
	tree, err := os.ReadFile(treePath)
	if err != nil {
		return err
	}
	properties, err := os.ReadFile(contextPath)
	if err != nil {
		return err
	}
	client, ctx, end, err := dial(socket)
	if err != nil {
		return err
	}
	defer end()
	response, err := smartflow.NewExecutionServiceClient(client).ExecuteTree(ctx, executeRequest(
		string(tree), string(properties)))
	if err != nil {
		return err
	}
	output := json.NewEncoder(os.Stdout)
	if response.Execution == nil {
		return fmt.Errorf("the answer holds no execution")
	}
	for _, action := range response.Execution.Actions {
		if err := output.Encode(describeAction(action)); err != nil {
			return err
		}
	}
	return nil
}
