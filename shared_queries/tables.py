"""Every table that the product relies on, once.

`main_app` describes what we rely on in the main application's tables: we read them and never restructure them. `ours`
is what the migrations make; `alembic check` holds it equal to the migrated database. The views are what the read-only
role sees; each carries the tenant's predicate.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


FLOW_COUNTERS = ("usage_count", "success_rate", "last_matched_at")
"""The columns that the first migration adds to the main application's `trees`."""

Instant = DateTime(timezone=True)

main_app = MetaData()
"""The main application's tables: only the columns that we rely on."""

accounts = Table(
    "accounts",
    main_app,
    Column("id", Uuid, primary_key=True),
    Column("name", Text),
    Column("timezone", Text),
)
users = Table(
    "users",
    main_app,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, nullable=False),
    Column("email", Text),
    Column("role", Text),
    Column("is_active", Boolean),
)
tree_categories = Table(
    "tree_categories",
    main_app,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid),
    Column("name", Text),
)
trees = Table(
    "trees",
    main_app,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, nullable=False),
    Column("name", Text),
    Column("category_id", Uuid),
    Column("is_active", Boolean),
    Column("created_at", Instant, nullable=False),
    # Ours, added by the first migration:
    # null where the application had the column before us
    Column("usage_count", Integer, server_default=text("0")),
    Column("success_rate", Double),
    Column("last_matched_at", Instant),
)
ai_sessions = Table(
    "ai_sessions",
    main_app,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, nullable=False),
    Column("user_id", Uuid),
    Column("problem_domain", Text),
    Column("status", Text),
    Column("confidence_tier", Text),
    Column("confidence_score", Double),
    Column("matched_flow_id", Uuid),
    Column("match_score", Double),
    Column("session_rating", SmallInteger),
    Column("psa_ticket_id", Text),
    Column("created_at", Instant, nullable=False),
    Column("resolved_at", Instant),
)

ours = MetaData(naming_convention=NAMING)
"""What the migrations make."""

psa_activity_log = Table(
    "psa_activity_log",
    ours,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey(accounts.c.id, ondelete="CASCADE"), nullable=False),
    Column("session_id", Uuid, ForeignKey(ai_sessions.c.id, ondelete="SET NULL")),
    Column("activity_type", Text, nullable=False),
    Column("hours_logged", Double),
    Column("psa_ticket_id", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("event_id", Uuid, nullable=False, unique=True),
    CheckConstraint("activity_type in ('time_entry_posted', 'note_posted', 'status_updated')", name="activity_type"),
    Index(
        "ix_psa_activity_log_account_id_created_at",
        "account_id",
        "created_at",
        postgresql_include=["activity_type", "hours_logged", "session_id"],
    ),
    Index("ix_psa_activity_log_session_id_activity_type", "session_id", "activity_type"),
)

outbox = Table(
    "outbox",
    ours,
    Column("id", Uuid, primary_key=True),
    Column("aggregatetype", Text, nullable=False, comment="The topic."),
    Column("aggregateid", Text, nullable=False, comment="The record's key."),
    Column("type", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False, comment="The exact CloudEvent."),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    Column("traceparent", Text, comment="That of a traced event; taken from the payload."),
    Index("ix_outbox_created_at_id", "created_at", "id"),
    schema="analytics",
)
inbox = Table(
    "inbox",
    ours,
    Column("event_id", Uuid, primary_key=True),
    Column("received_at", Instant, nullable=False, server_default=func.now()),
    schema="analytics",
)
Index("ix_inbox_received_at", inbox.c.received_at)
consumer_offset = Table(
    "consumer_offset",
    ours,
    Column("group_id", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("topic_epoch", Integer, primary_key=True, autoincrement=False, server_default=text("0")),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("applied_until", Instant, comment="Everything older than this in the partition has been applied."),
    Column("updated_at", Instant, nullable=False, server_default=func.now()),
    Column(
        "topic_id",
        Uuid,
        comment="Of the topic that the offset counts in: another one after it was deleted and made again.",
    ),
    schema="analytics",
)
dead_letter = Table(
    "dead_letter",
    ours,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("group_id", Text, nullable=False),
    Column("topic", Text, nullable=False),
    # After a topic was recreated its offsets start again: without the epoch a new dead letter would meet an old one.
    Column("topic_epoch", Integer, nullable=False, server_default=text("0")),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("key", LargeBinary),
    Column("value", LargeBinary),
    Column("headers", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("record_timestamp", Instant),
    Column("event_id", Uuid),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("first_seen_at", Instant, nullable=False, server_default=func.now()),
    Column("status", Text, nullable=False, server_default=text("'new'")),
    Column("attempts", Integer, nullable=False, server_default=text("1")),
    Column("resolved_at", Instant),
    Column("resolved_by", Text),
    Column("resolution", Text, comment="Why it was discarded, or how the replay ended."),
    Column(
        "value_bytes",
        BigInteger,
        comment="The length of a value that is not kept whole: `value` has its first bytes.",
    ),
    Column("value_sha256", LargeBinary, comment="The hash of that value."),
    UniqueConstraint("group_id", "topic", "topic_epoch", "partition", "offset"),
    CheckConstraint("status in ('new', 'replayed', 'discarded')", name="status"),
    schema="analytics",
)
Index("ix_dead_letter_group_id_status_id", dead_letter.c.group_id, dead_letter.c.status, dead_letter.c.id)
job_lock = Table(
    "job_lock",
    ours,
    Column("job", Text, primary_key=True),
    schema="analytics",
    comment="A run of the job holds its row.",
)
push_claim_lock = Table(
    "push_claim_lock",
    ours,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    CheckConstraint("id = 1", name="one_row"),
    schema="analytics",
    comment="A worker that claims intents holds its row.",
)
job_run = Table(
    "job_run",
    ours,
    Column("job", Text, primary_key=True),
    Column("last_started_at", Instant),
    Column("last_finished_at", Instant),
    Column("last_succeeded_at", Instant),
    Column("last_result", JSONB),
    Column("last_error", Text),
    schema="analytics",
)
heartbeat = Table(
    "heartbeat",
    ours,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("group_id", Text, nullable=False),
    Column("beat_at", Instant, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
    schema="analytics",
)
trigger_failure = Table(
    "trigger_failure",
    ours,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("failed_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("function_name", Text, nullable=False),
    Column("sqlstate", Text, nullable=False),
    Column("message", Text, nullable=False),
    schema="analytics",
    comment="While it holds a row, the rollups lack something.",
)
base_view = Table(
    "base_view",
    ours,
    Column("name", Text, primary_key=True),
    Column("table_name", Text, nullable=False),
    Column(
        "columns",
        ARRAY(Text),
        nullable=False,
        comment="Each: name|type, then perhaps |what stands for null, |its name in the view, |whether it may be gone.",
    ),
    Column("tenant", Text, comment="The column that holds the account; null for every account's rows."),
    schema="analytics",
    comment="The views that read the main application's tables; all others read these.",
)
detached = Table(
    "detached",
    ours,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("definition", Text, nullable=False),
    Column("grants", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    CheckConstraint("kind in ('view', 'trigger')", name="kind"),
    schema="analytics",
    comment="What analytics.detach() has taken away and analytics.attach() will put back.",
)
push_intent = Table(
    "push_intent",
    ours,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, nullable=False),  # fk accounts.id on delete cascade
    Column("session_id", Uuid),  # fk ai_sessions.id on delete set null
    Column("ticket_ref", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column(
        "sequence",
        Integer,
        nullable=False,
        server_default=text("1"),
        comment="Tells apart intents of one kind for one session and ticket; negative once the session is erased.",
    ),
    Column("payload", JSONB, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'pending'")),
    Column("attempts", Integer, nullable=False, server_default=text("0"), comment="Requests begun."),
    Column(
        "looks",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="Look-ups that found nothing since it became unknown.",
    ),
    Column("available_at", Instant, nullable=False, server_default=func.now(), comment="No worker acts on it before."),
    Column("lease_until", Instant, comment="A worker is busy with it until then at the latest."),
    Column("claim", Uuid, comment="The claim that may record an outcome; a later claim ends it."),
    Column(
        "account_paused_until",
        Instant,
        comment="The PSA asked the account to wait until then, in answer to this intent.",
    ),
    Column("external_id", Text),
    Column("error", Text),
    Column("created_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("finished_at", Instant),
    UniqueConstraint("account_id", "session_id", "ticket_ref", "kind", "sequence", postgresql_nulls_not_distinct=True),
    CheckConstraint("kind in ('time_entry_posted', 'note_posted', 'status_updated')", name="kind"),
    CheckConstraint("state in ('pending', 'in_flight', 'succeeded', 'failed', 'unknown')", name="state"),
    CheckConstraint("length(ticket_ref) <= 200 and ticket_ref ~ '[^[:space:]]'", name="ticket_ref"),
    schema="analytics",
)
_OPEN = push_intent.c.state.in_(("pending", "in_flight", "unknown"))
Index("ix_push_intent_open", push_intent.c.account_id, push_intent.c.available_at, postgresql_where=_OPEN)
Index("ix_push_intent_open_ticket", push_intent.c.account_id, push_intent.c.ticket_ref, postgresql_where=_OPEN)
Index("ix_push_intent_session_id", push_intent.c.session_id)

views = MetaData(schema="analytics")
"""What the read-only role sees of the main application's tables."""

sessions_view = Table(
    "sessions",
    views,
    *(Column(column.name, column.type, primary_key=column.primary_key) for column in ai_sessions.columns),
)
flows_view = Table(
    "flows",
    views,
    *(Column(column.name, column.type, primary_key=column.primary_key) for column in trees.columns),
)
categories_view = Table(
    "categories",
    views,
    *(Column(column.name, column.type, primary_key=column.primary_key) for column in tree_categories.columns),
)
engineers_view = Table(
    "engineers",
    views,
    *(
        Column(column.name, column.type, primary_key=column.primary_key)
        for column in (users.c.id, users.c.account_id, users.c.email, users.c.is_active)
    ),
)
"""Every user of the account, whatever the role."""
account_view = Table("account", views, Column("account_id", Uuid, primary_key=True), Column("name", Text))
freshness_view = Table(
    "freshness",
    views,
    Column("heartbeat_at", Instant),
    Column("outbox_oldest_at", Instant),
    Column("applied_until", Instant),
    Column("as_of", Instant),
)
