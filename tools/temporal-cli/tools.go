//go:build tools

// Package tools pins the Temporal CLI (development server, Web UI) that the
// embedded set-up builds where no released binary can be downloaded.
package tools

import _ "github.com/temporalio/cli/cmd/temporal"
