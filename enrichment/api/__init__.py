"""The REST API: parse, permit, call one function below, render. The wire is in docs/api.md."""
