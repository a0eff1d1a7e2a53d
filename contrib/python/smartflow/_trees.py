"""The messages of smartflow.v1.TreeService, on the admin socket, field for field."""

from dataclasses import dataclass
from typing import ClassVar, Dict, List, Optional

from ._execution import Diagnostic, Node
from ._fields import SLOTS, data, flag, integer, nested, text, text_map
from ._method import Method, Request
from ._status import Timestamp


@dataclass(**SLOTS)
class Author:
    """Who published something: what the kernel says of the connection."""

    uid: int = integer(1, "uint32")
    gid: int = integer(2, "uint32")
    pid: int = integer(3, "uint32")
    # The user's name on the server's machine; empty when it has none.
    name: str = text(4)


@dataclass(**SLOTS)
class TreeVersion:
    """One version of a published tree. It never changes, but for being active or retired."""

    tree_id: str = text(1)
    # 1 for the first, one more for each.
    version: int = integer(2, "uint64")
    # SHA-256 of the canonical JSON.
    tree_digest: bytes = data(3)
    active: bool = flag(4)
    retired: bool = flag(5)
    publish_time: Optional[Timestamp] = nested(6, lambda: Timestamp)
    author: Optional[Author] = nested(7, lambda: Author)
    labels: Dict[str, str] = text_map(8)
    comment: str = text(9)
    # Length of the canonical JSON.
    tree_bytes: int = integer(10, "uint64")
    # The canonical JSON (RFC 8785); only in GetTree.
    tree_json: bytes = data(11)
    # Only in GetTree.
    context_schema: bytes = data(12)
    # The published trees that its SubTree nodes name.
    sub_trees: List[str] = text(13, repeated=True)


@dataclass(**SLOTS)
class PublishTreeResponse:
    """What was kept."""

    # Without tree_json; absent when only validated.
    version: Optional[TreeVersion] = nested(1, lambda: TreeVersion)
    # False when the newest version was the same already, and stands.
    created: bool = flag(2)
    # What has to be said of the tree all the same: warnings and notes.
    diagnostics: List[Diagnostic] = nested(3, lambda: Diagnostic, repeated=True)


@dataclass(**SLOTS)
class PublishTreeRequest(Request[PublishTreeResponse]):
    """Keeps a tree as the next version of its name."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.TreeService", "PublishTree", PublishTreeResponse)

    # 1 to 128 of A-Z, a-z, 0-9, `.`, `_` and `-`; the first a letter or a digit.
    tree_id: str = text(1)
    # The JSON form, UTF-8.
    tree_json: Optional[bytes] = data(2, oneof="tree")
    tree_node: Optional[Node] = nested(3, lambda: Node, oneof="tree")
    # JSON Schema of the contexts that the tree is made for, optional.
    context_schema: bytes = data(4)
    # The newest version that the publisher knows of: another one is ABORTED. 0: whichever it is.
    expected_version: int = integer(5, "uint64")
    # There must be no tree of this name yet.
    must_be_new: bool = flag(6)
    # Calls that name no version run it from now on.
    activate: bool = flag(7)
    # At most 64; a key has 1 to 63 bytes, a value at most 256.
    labels: Dict[str, str] = text_map(8)
    # What has changed and why, at most 4,096 bytes.
    comment: str = text(9)
    # Check everything, and keep nothing.
    validate_only: bool = flag(10)


@dataclass(**SLOTS)
class GetTreeResponse:
    """One version with its JSON."""

    version: Optional[TreeVersion] = nested(1, lambda: TreeVersion)


@dataclass(**SLOTS)
class GetTreeRequest(Request[GetTreeResponse]):
    """Asks for one version with its JSON."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.TreeService", "GetTree", GetTreeResponse)

    tree_id: str = text(1)
    # 0: the active one.
    version: int = integer(2, "uint64")


@dataclass(**SLOTS)
class TreeSummary:
    """One tree of a page."""

    tree_id: str = text(1)
    # 0 when none is active.
    active_version: int = integer(2, "uint64")
    newest_version: int = integer(3, "uint64")
    retired: bool = flag(4)
    update_time: Optional[Timestamp] = nested(5, lambda: Timestamp)


@dataclass(**SLOTS)
class ListTreesResponse:
    """A page of trees."""

    # By ID, in the order of bytes.
    trees: List[TreeSummary] = nested(1, lambda: TreeSummary, repeated=True)
    # Empty after the last page.
    next_page_token: str = text(2)


@dataclass(**SLOTS)
class ListTreesRequest(Request[ListTreesResponse]):
    """Asks for trees by name, a page at a time."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.TreeService", "ListTrees", ListTreesResponse)

    # How the IDs begin.
    prefix: str = text(1)
    # Entries of a page, at most 1,000; 0: 100.
    page_size: int = integer(2, "uint32")
    # From the page before; empty for the first.
    page_token: str = text(3)
    # Also trees that were retired.
    include_retired: bool = flag(4)


@dataclass(**SLOTS)
class ListTreeVersionsResponse:
    """A page of versions."""

    # The newest first, without tree_json and context_schema.
    versions: List[TreeVersion] = nested(1, lambda: TreeVersion, repeated=True)
    # Empty after the last page.
    next_page_token: str = text(2)


@dataclass(**SLOTS)
class ListTreeVersionsRequest(Request[ListTreeVersionsResponse]):
    """Asks for a tree's versions, a page at a time."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.TreeService", "ListTreeVersions", ListTreeVersionsResponse)

    tree_id: str = text(1)
    # Entries of a page, at most 1,000; 0: 100.
    page_size: int = integer(2, "uint32")
    # From the page before; empty for the first.
    page_token: str = text(3)


@dataclass(**SLOTS)
class ActivateTreeResponse:
    """What is active now, and was before."""

    # Without tree_json and context_schema.
    version: Optional[TreeVersion] = nested(1, lambda: TreeVersion)
    # 0 when nothing was.
    previous_version: int = integer(2, "uint64")


@dataclass(**SLOTS)
class ActivateTreeRequest(Request[ActivateTreeResponse]):
    """Makes a version the one that calls run; also rolls back."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.TreeService", "ActivateTree", ActivateTreeResponse)

    tree_id: str = text(1)
    # 0: the one that was active before the one that is.
    version: int = integer(2, "uint64")
    # The active version that the caller knows of: another one is ABORTED. 0: whichever it is.
    expected_active_version: int = integer(3, "uint64")


@dataclass(**SLOTS)
class RetireTreeResponse:
    """It is out of use."""


@dataclass(**SLOTS)
class RetireTreeRequest(Request[RetireTreeResponse]):
    """Takes a version, or a whole tree, out of use."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.TreeService", "RetireTree", RetireTreeResponse)

    tree_id: str = text(1)
    # Not the active one. 0: the whole tree, until a version of it is activated again.
    version: int = integer(2, "uint64")
