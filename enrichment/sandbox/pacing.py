"""How long each provider takes to answer."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Pacing:
    """`factor` scales the natural latency of every answer; `fixed` overrides it for a host, in seconds."""

    factor: float = 1.0
    fixed: dict[str, float] = field(default_factory=dict)  # host or "*" -> seconds
    first_factor: float = field(init=False)

    def __post_init__(self) -> None:
        self.first_factor = self.factor

    def reset(self) -> None:
        """Back to how it was started."""
        self.factor = self.first_factor
        self.fixed.clear()

    def seconds(self, host: str, natural: float) -> float:
        """How long to wait before an answer whose natural latency is `natural` seconds."""
        fixed = self.fixed.get(host, self.fixed.get("*"))
        return fixed if fixed is not None else natural * self.factor
