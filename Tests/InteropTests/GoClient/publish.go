package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	smartflow "smartflow.dev/proto/smartflow/v1"
)

// publish gives a tree a name over the admin socket, activates it, and prints the version.
func publish(socket, id, treePath string) error {
	tree, err := os.ReadFile(treePath)
	if err != nil {
		return err
	}
	client, ctx, end, err := dial(socket)
	if err != nil {
		return err
	}
	defer end()
	trees := smartflow.NewTreeServiceClient(client)
	published, err := trees.PublishTree(ctx, &smartflow.PublishTreeRequest{
		TreeId: id, Tree: &smartflow.PublishTreeRequest_TreeJson{TreeJson: tree},
		Labels: map[string]string{"by": "go"},
	})
	if err != nil {
		return err
	}
	activated, err := trees.ActivateTree(ctx, &smartflow.ActivateTreeRequest{
		TreeId: id, Version: published.Version.Version,
	})
	if err != nil {
		return err
	}
	got, err := trees.GetTree(ctx, &smartflow.GetTreeRequest{TreeId: id})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"id": activated.Version.TreeId, "version": activated.Version.Version,
		"created": published.Created, "active": activated.Version.Active,
		"previous": activated.PreviousVersion, "digest": hex.EncodeToString(got.Version.TreeDigest),
		"labels": got.Version.Labels, "tree": string(got.Version.TreeJson),
	})
}

// call runs a published tree by its name.
func call(socket, id, contextPath string) error {
	properties, err := os.ReadFile(contextPath)
	if err != nil {
		return err
	}
	client, ctx, end, err := dial(socket)
	if err != nil {
		return err
	}
	defer end()
	response, err := smartflow.NewExecutionServiceClient(client).ExecuteTree(ctx, &smartflow.ExecuteTreeRequest{
		Tree:     &smartflow.ExecuteTreeRequest_TreeReference{TreeReference: &smartflow.TreeReference{TreeId: id}},
		Context:  &smartflow.ExecuteTreeRequest_ContextJson{ContextJson: properties},
		PlayerId: "p-1001",
	})
	if err != nil {
		return err
	}
	if response.Execution == nil || response.Execution.Tree == nil {
		return fmt.Errorf("the answer does not say which tree ran")
	}
	output := json.NewEncoder(os.Stdout)
	if err := output.Encode(map[string]interface{}{
		"id": response.Execution.Tree.TreeId, "version": response.Execution.Tree.Version,
		"digest": hex.EncodeToString(response.Execution.TreeDigest),
	}); err != nil {
		return err
	}
	for _, action := range response.Execution.Actions {
		if err := output.Encode(describeAction(action)); err != nil {
			return err
		}
	}
	return nil
}
