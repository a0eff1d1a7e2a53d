"""What the client bounds, and why."""

# The protocol fixes it: data of one frame, in bytes.
MESSAGE_BYTES = 4 << 20

# Messages inside messages, as the daemon allows: a tree nests 64 nodes and a context 32 objects, of three messages
# each. Two frames of Python a level, so that the interpreter's own limit of 1,000 is far.
MESSAGE_DEPTH = 256

# Calls that are on the connection at once; the daemon's own limit (`--max-streams`), beyond which it refuses.
STREAMS_IN_FLIGHT = 256

# Calls that may wait for a connection, or for room on it.
CALLS_WAITING = 10_000

# Bytes on their way out above which no further call is put on the connection.
OUTPUT_BYTES = 8 << 20

# Bytes taken from the socket in one read: many small answers, and a large one in few pieces.
READ_BYTES = 1 << 16

# Reads in one turn, so that an asyncio loop gets to its other work.
READS_PER_TURN = 16

# Reads of what came before a connection ended; a socket's buffer holds no more.
READS_AFTER_END = 64

# How often a call is sent again that may have been read: one that ends whatever process takes it would otherwise end
# one after the other until its deadline.
RESENDS = 2

# Seconds before dialling again: after the first failure, and at the longest.
FIRST_PAUSE = 0.010
LONGEST_PAUSE = 1.0

# Bytes of a path or an abstract name that a socket's address holds.
SOCKET_NAME_BYTES = 107

# A call may take a day; what is longer is a mistake of units.
LONGEST_TIMEOUT = 86_400.0
