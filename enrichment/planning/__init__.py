"""The planner: from what is needed, known, cached and on offer to the calls to buy. Pure: no Django, no HTTP, no clock."""
