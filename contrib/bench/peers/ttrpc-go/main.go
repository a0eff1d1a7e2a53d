// A containerd/ttrpc server that makes the bench's decision in native code, and answers as the daemon does.
//
//	ttrpc-go SOCKET     serves until SIGTERM; GOMAXPROCS and GOGC are the environment's
package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/containerd/ttrpc"
	"github.com/gogo/protobuf/types"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	smartflow "smartflow.dev/proto/smartflow/v1"
)

// SHA-256 of tree.json's canonical form: the daemon's answer has it too.
var digest, _ = hex.DecodeString("22e872b95d104b70c66ce2ad15e545947c34fea55e67717492c1c34fc7047e")

// A goroutine has a source of randomness for itself, as a server in earnest would.
var sources = sync.Pool{New: func() any { return rand.New(rand.NewSource(time.Now().UnixNano())) }}

// uuids makes two of version 7, of the same millisecond.
func uuids() (string, string) {
	source := sources.Get().(*rand.Rand)
	defer sources.Put(source)
	milliseconds := uint64(time.Now().UnixMilli())
	return uuid(milliseconds, source), uuid(milliseconds, source)
}

func uuid(milliseconds uint64, source *rand.Rand) string {
	high := milliseconds<<16 | 7<<12 | source.Uint64()&0xfff
	low := 1<<63 | source.Uint64()>>2
	var bytes [16]byte
	for index := 0; index < 8; index++ {
		bytes[index] = byte(high >> (56 - 8*index))
		bytes[8+index] = byte(low >> (56 - 8*index))
	}
	var text [36]byte
	hex.Encode(text[:8], bytes[:4])
	hex.Encode(text[9:13], bytes[4:6])
	hex.Encode(text[14:18], bytes[6:8])
	hex.Encode(text[19:23], bytes[8:10])
	hex.Encode(text[24:], bytes[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

func text(value string) *types.Value {
	return &types.Value{Kind: &types.Value_StringValue{StringValue: value}}
}

// The tree `winback`, as a programmer would have written it.
func decide(context *types.Struct) (*smartflow.ActionResult, error) {
	days, isNumber := context.Fields["daysInactive"].GetKind().(*types.Value_NumberValue)
	tier, isText := context.Fields["tier"].GetKind().(*types.Value_StringValue)
	if !isNumber || !isText {
		return nil, status.Error(codes.FailedPrecondition, "daysInactive is a number, tier a text")
	}
	if days.NumberValue > 5 && tier.StringValue == "Gold" {
		return &smartflow.ActionResult{Type: "SendSMS", Path: "/trueAction", Parameters: &types.Struct{
			Fields: map[string]*types.Value{"phone": text("+1234567890"), "message": text("We miss you!")},
		}}, nil
	}
	return &smartflow.ActionResult{Type: "SendEmail", Path: "/falseAction", Parameters: &types.Struct{
		Fields: map[string]*types.Value{
			"from": text("promo@game.com"), "to": text("maria@example.com"), "subject": text("New offers await!"),
		},
	}}, nil
}

func isDryRun(request *smartflow.ExecuteTreeRequest) bool {
	return request.Options != nil && request.Options.DryRun
}

type service struct{}

func (service) ExecuteTree(
	_ context.Context, request *smartflow.ExecuteTreeRequest,
) (*smartflow.ExecuteTreeResponse, error) {
	begin := time.Now()
	reference, context := request.GetTreeReference(), request.GetContextStruct()
	if reference == nil || reference.TreeId != "winback" || context == nil || !isDryRun(request) {
		return nil, status.Error(codes.Unimplemented, "only dry runs of winback with a Struct are served")
	}
	action, err := decide(context)
	if err != nil {
		return nil, err
	}
	action.Status = smartflow.ActionStatus_ACTION_STATUS_NOT_PERFORMED
	var executionID string
	executionID, action.ActionId = uuids()
	return &smartflow.ExecuteTreeResponse{Execution: &smartflow.Execution{
		ExecutionId: executionID, Status: smartflow.ExecutionStatus_EXECUTION_STATUS_DRY_RUN,
		Tree: &smartflow.TreeReference{TreeId: "winback", Version: 1}, TreeDigest: digest,
		Actions: []*smartflow.ActionResult{action}, Elapsed: types.DurationProto(time.Since(begin)), FuelUsed: 28,
	}}, nil
}

func (service) ExecuteBatch(
	context.Context, *smartflow.ExecuteBatchRequest,
) (*smartflow.ExecuteBatchResponse, error) {
	return nil, status.Error(codes.Unimplemented, "batches are not measured")
}

func (service) ValidateTree(
	context.Context, *smartflow.ValidateTreeRequest,
) (*smartflow.ValidateTreeResponse, error) {
	return nil, status.Error(codes.Unimplemented, "validation is not measured")
}

func serve(path string) error {
	server, err := ttrpc.NewServer()
	if err != nil {
		return err
	}
	smartflow.RegisterExecutionServiceService(server, service{})
	listener, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-ends
		server.Close()
	}()
	if err := server.Serve(context.Background(), listener); !errors.Is(err, ttrpc.ErrServerClosed) {
		return err
	}
	return nil
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: ttrpc-go SOCKET")
		os.Exit(64)
	}
	if err := serve(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "ttrpc-go:", err)
		os.Exit(1)
	}
}
