"""Every read of imports and exports worth a name."""

from afluente.transfer.selectors.externals import externals_context
from afluente.transfer.selectors.progress import is_stalled, problem_rows, refused_upload, share

__all__ = ["externals_context", "is_stalled", "problem_rows", "refused_upload", "share"]
