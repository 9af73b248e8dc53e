"""What every table of an episode file has in common: refused keys, and kinds of number."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, model_validator

from undertow.core.clock import utc

Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0.0)]
NotNegative = Annotated[Number, Field(ge=0.0)]
Share = Annotated[Number, Field(ge=0.0, le=1.0)]
Moment = Annotated[datetime, AfterValidator(utc)]


class Part(BaseModel):
    """A table of the file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(BaseModel):
    """A member of a family: `rule` is its name, the other keys are its parameters.

    A bare string is a member without parameters.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    rule: str

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, given: object) -> object:
        return {"rule": given} if isinstance(given, str) else given

    @property
    def parameters(self) -> dict[str, object]:
        """The member's own parameters."""
        return dict(self.model_extra or {})
