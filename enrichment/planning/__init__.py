"""The planner: from what is needed, known, cached and on offer to the calls to buy. No Django, no HTTP, no clock."""
