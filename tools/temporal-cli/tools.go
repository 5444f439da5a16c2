//go:build tools

// Package tools pins the Temporal CLI (development server, Web UI) that the embedded set-up builds where no released
// binary can be downloaded, and the server and its schema tool, with which a test starts what the containers start.
package tools

import (
	_ "github.com/temporalio/cli/cmd/temporal"
	_ "go.temporal.io/server/cmd/server"
	_ "go.temporal.io/server/cmd/tools/sql"
)
