"""The MCP server: what agents may ask of us, over stdio (`manage.py mcp`) and over HTTP (`/mcp`).

`tools` is the table of tools; `shapes` what they take and give; `acting` for whom a call is; `server` puts them into
the SDK's words, and alone imports the SDK, which takes a second: nobody imports it before somebody speaks MCP.
"""
