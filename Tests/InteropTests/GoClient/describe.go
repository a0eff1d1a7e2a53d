package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gogo/protobuf/types"
	"github.com/golang/protobuf/ptypes"
	// Registers Google's details, so that a status decodes them.
	_ "google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
	smartflow "smartflow.dev/proto/smartflow/v1"
)

// A line of output: what came back from one call.
type outcome struct {
	Case    string      `json:"case"`
	Code    int         `json:"code"`
	Message string      `json:"message,omitempty"`
	Details []detail    `json:"details,omitempty"`
	Answer  interface{} `json:"answer,omitempty"`
}

// One google.rpc detail: its full type name, and what it says.
type detail struct {
	Type  string      `json:"type"`
	Value interface{} `json:"value"`
}

type execution struct {
	ID      string   `json:"id"`
	Status  string   `json:"status"`
	Digest  string   `json:"digest"`
	Actions []action `json:"actions"`
	Trace   []step   `json:"trace,omitempty"`
}

type action struct {
	Type       string      `json:"type"`
	Path       string      `json:"path"`
	Status     string      `json:"status"`
	ID         string      `json:"id"`
	Parameters interface{} `json:"parameters"`
}

type step struct {
	Path       string `json:"path"`
	Expression string `json:"expression"`
	Result     string `json:"result"`
}

// The code of a call that ended without a status: a lost connection, or an answer that is not right.
const noStatus = -1

// describe makes a line of a call's result.
func describe(name string, answer interface{}, err error) outcome {
	if err == nil {
		return outcome{Case: name, Answer: answer}
	}
	failure, ok := status.FromError(err)
	if !ok {
		return outcome{Case: name, Code: noStatus, Message: err.Error()}
	}
	result := outcome{Case: name, Code: int(failure.Code()), Message: failure.Message()}
	for _, packed := range failure.Proto().Details {
		var unpacked ptypes.DynamicAny
		if err := ptypes.UnmarshalAny(packed, &unpacked); err != nil {
			message := fmt.Sprintf("a detail (%s) does not decode: %v", packed.TypeUrl, err)
			return outcome{Case: name, Code: noStatus, Message: message}
		}
		typeName := strings.TrimPrefix(packed.TypeUrl, "type.googleapis.com/")
		result.Details = append(result.Details, detail{typeName, unpacked.Message})
	}
	return result
}

func describeExecution(message *smartflow.Execution) *execution {
	if message == nil {
		return nil
	}
	result := &execution{
		ID:      message.ExecutionId,
		Status:  message.Status.String(),
		Digest:  hex.EncodeToString(message.TreeDigest),
		Actions: []action{},
	}
	for _, one := range message.Actions {
		result.Actions = append(result.Actions, describeAction(one))
	}
	for _, one := range message.Trace {
		result.Trace = append(result.Trace, step{one.Path, one.Expression, one.Result})
	}
	return result
}

func describeAction(message *smartflow.ActionResult) action {
	return action{
		Type:       message.Type,
		Path:       message.Path,
		Status:     message.Status.String(),
		ID:         message.ActionId,
		Parameters: plainStruct(message.Parameters),
	}
}

func plainStruct(message *types.Struct) map[string]interface{} {
	if message == nil {
		return nil
	}
	result := map[string]interface{}{}
	for key, value := range message.Fields {
		result[key] = plain(value)
	}
	return result
}

func plain(value *types.Value) interface{} {
	switch kind := value.GetKind().(type) {
	case *types.Value_NumberValue:
		return kind.NumberValue
	case *types.Value_StringValue:
		return kind.StringValue
	case *types.Value_BoolValue:
		return kind.BoolValue
	case *types.Value_ListValue:
		result := []interface{}{}
		for _, element := range kind.ListValue.Values {
			result = append(result, plain(element))
		}
		return result
	case *types.Value_StructValue:
		return plainStruct(kind.StructValue)
	default:
		return nil
	}
}

// message makes a Struct of JSON text; the text is ours, so a mistake in it ends the program.
func message(text string) *types.Struct {
	var members map[string]interface{}
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		panic(err)
	}
	return structOf(members)
}

func structOf(members map[string]interface{}) *types.Struct {
	result := &types.Struct{Fields: map[string]*types.Value{}}
	for key, value := range members {
		result.Fields[key] = valueOf(value)
	}
	return result
}

func valueOf(value interface{}) *types.Value {
	switch value := value.(type) {
	case float64:
		return &types.Value{Kind: &types.Value_NumberValue{NumberValue: value}}
	case string:
		return &types.Value{Kind: &types.Value_StringValue{StringValue: value}}
	case bool:
		return &types.Value{Kind: &types.Value_BoolValue{BoolValue: value}}
	case []interface{}:
		list := &types.ListValue{}
		for _, element := range value {
			list.Values = append(list.Values, valueOf(element))
		}
		return &types.Value{Kind: &types.Value_ListValue{ListValue: list}}
	case map[string]interface{}:
		return &types.Value{Kind: &types.Value_StructValue{StructValue: structOf(value)}}
	default:
		return &types.Value{Kind: &types.Value_NullValue{}}
	}
}
