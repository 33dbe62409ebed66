"""The foundations: territory, timetable, appointments, the wall, outbox, counters."""

import sqlalchemy as sa
from alembic import op

from app.models.base import UtcDateTime

NO_OVERLAP_POSTGRESQL = """ALTER TABLE engagement ADD CONSTRAINT no_overlap EXCLUDE USING gist (
    int4range(counsellor_id, counsellor_id, '[]') WITH &&,
    tstzrange(starts_at, ends_at) WITH &&
) WHERE (occupies)"""

# NEW.id is undefined before an insert: only the update leaves the row itself out.
OVERLAP_SQLITE = """SELECT RAISE(ABORT, 'no_overlap') WHERE NEW.occupies AND EXISTS (
    SELECT 1 FROM engagement AS other
    WHERE other.counsellor_id = NEW.counsellor_id AND other.occupies
      AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at
      AND other.starts_at > datetime(NEW.starts_at, '-1 day'){apart});"""
ONE_DAY_POSTGRESQL = (
    "ALTER TABLE engagement ADD CONSTRAINT one_day CHECK (ends_at <= starts_at + interval '1 day')"
)
# The search for an overlap looks one day back only, so nothing may last longer.
ONE_DAY_SQLITE = """SELECT RAISE(ABORT, 'one_day')
    WHERE NEW.ends_at > datetime(NEW.starts_at, '+1 day') || '.000000';"""
NO_OVERLAP_SQLITE = (
    "CREATE TRIGGER no_overlap_insert BEFORE INSERT ON engagement BEGIN "
    + ONE_DAY_SQLITE
    + OVERLAP_SQLITE.format(apart="")
    + " END",
    "CREATE TRIGGER no_overlap_update BEFORE UPDATE ON engagement BEGIN "
    + ONE_DAY_SQLITE
    + OVERLAP_SQLITE.format(apart=" AND other.id <> NEW.id")
    + " END",
)


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commune",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("official_name", sa.String(length=200), nullable=False),
        sa.Column("name_in", sa.String(length=200), nullable=False),
        sa.Column("name_of", sa.String(length=200), nullable=False),
        sa.Column("insee_code", sa.String(length=200), nullable=False),
        sa.Column("postal_code", sa.String(length=200), nullable=False),
        sa.Column("siren", sa.String(length=200), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("bookable", sa.Boolean(), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_until", sa.Date(), nullable=True),
        sa.Column("town_hall", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commune")),
        sa.UniqueConstraint("insee_code", name=op.f("uq_commune_insee_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_commune_slug")),
    )
    op.create_table(
        "counsellor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counsellor")),
        sa.UniqueConstraint("code", name=op.f("uq_counsellor_code")),
    )
    op.create_table(
        "job_run",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_run")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum("APPOINTMENT", name="subjectkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "CONFIRMATION",
                "CHANGED",
                "CANCELLED_BY_PERSON",
                "CANCELLED_BY_SERVICE",
                name="messagekind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "SMS",
                "EMAIL",
                "PAPER",
                "VOICE",
                "NONE",
                name="messagechannel",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "recipient",
            sa.Enum("PERSON", "HELPER", name="recipient", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "PENDING",
                "SENT",
                "SKIPPED",
                "DEAD",
                name="outboxstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "kind",
            "version",
            "channel",
            "recipient",
            name="uq_outbox_message_once",
        ),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_message_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "resident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("last_name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=200), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=200), nullable=False),
        sa.Column("to_reconcile", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident")),
    )
    with op.batch_alter_table("resident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resident_phone"), ["phone"], unique=False)

    op.create_table(
        "territory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=200), nullable=False),
        sa.Column("school_zone", sa.String(length=200), nullable=False),
        sa.Column("population_vintage", sa.Integer(), nullable=True),
        sa.Column("service", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("colours", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("loaded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_territory_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory")),
    )
    op.create_table(
        "throttle_count",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("window_ends_at", UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle_count")),
    )
    with op.batch_alter_table("throttle_count", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_throttle_count_window_ends_at"), ["window_ends_at"], unique=False
        )

    op.create_table(
        "topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("step_minutes", sa.Integer(), nullable=True),
        sa.Column("bring", sa.JSON(), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_topic_minutes_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("code", name=op.f("uq_topic_code")),
    )
    op.create_table(
        "usage_count",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("week", "name", "commune_id", name=op.f("pk_usage_count")),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counsellor_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_absence_in_order")),
        sa.ForeignKeyConstraint(
            ["counsellor_id"], ["counsellor.id"], name=op.f("fk_absence_counsellor_id_counsellor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_absence_counsellor_id"), ["counsellor_id"], unique=False
        )

    op.create_table(
        "payer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("share_hundredths", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "share_hundredths BETWEEN 0 AND 10000", name=op.f("ck_payer_share_in_percent")
        ),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["commune.id"], name=op.f("fk_payer_commune_id_commune")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer")),
        sa.UniqueConstraint("code", name=op.f("uq_payer_code")),
    )
    op.create_table(
        "replacement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absent_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("absent_id <> substitute_id", name=op.f("ck_replacement_two_people")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_replacement_in_order")),
        sa.ForeignKeyConstraint(
            ["absent_id"], ["counsellor.id"], name=op.f("fk_replacement_absent_id_counsellor")
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"],
            ["counsellor.id"],
            name=op.f("fk_replacement_substitute_id_counsellor"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement")),
    )
    with op.batch_alter_table("replacement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replacement_absent_id"), ["absent_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_replacement_substitute_id"), ["substitute_id"], unique=False
        )

    op.create_table(
        "travel_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_commune_id", sa.Integer(), nullable=False),
        sa.Column("to_commune_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_travel_time_minutes_positive")),
        sa.ForeignKeyConstraint(
            ["from_commune_id"], ["commune.id"], name=op.f("fk_travel_time_from_commune_id_commune")
        ),
        sa.ForeignKeyConstraint(
            ["to_commune_id"], ["commune.id"], name=op.f("fk_travel_time_to_commune_id_commune")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travel_time")),
        sa.UniqueConstraint(
            "from_commune_id",
            "to_commune_id",
            name=op.f("uq_travel_time_from_commune_id_to_commune_id"),
        ),
    )
    op.create_table(
        "venue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("postal_line", sa.String(length=200), nullable=False),
        sa.Column("access_notes", sa.JSON(), nullable=False),
        sa.Column("sms_name", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["commune.id"], name=op.f("fk_venue_commune_id_commune")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("slug", name=op.f("uq_venue_slug")),
    )
    with op.batch_alter_table("venue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_venue_commune_id"), ["commune_id"], unique=False)

    op.create_table(
        "availability",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("counsellor_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "PERMANENCE", "HOME_VISITS", name="availabilitykind", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("commune_slugs", sa.JSON(), nullable=False),
        sa.Column(
            "frequency",
            sa.Enum("WEEKLY", "MONTHLY_NTH", name="frequency", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=False),
        sa.Column("to_time", sa.Time(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("skipped_dates", sa.JSON(), nullable=False),
        sa.Column("extra_dates", sa.JSON(), nullable=False),
        sa.Column("desk_until_days", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'PERMANENCE') = (venue_id IS NOT NULL)",
            name=op.f("ck_availability_permanence_has_venue"),
        ),
        sa.CheckConstraint("from_time < to_time", name=op.f("ck_availability_hours_in_order")),
        sa.ForeignKeyConstraint(
            ["counsellor_id"],
            ["counsellor.id"],
            name=op.f("fk_availability_counsellor_id_counsellor"),
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("fk_availability_venue_id_venue")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_availability_code_version")),
    )
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_availability_code"), ["code"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_availability_counsellor_id"), ["counsellor_id"], unique=False
        )

    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_closure_in_order")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_closure_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    with op.batch_alter_table("closure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closure_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "engagement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counsellor_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "APPOINTMENT",
                "OFFER",
                "WORKSHOP",
                name="engagementkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("occupies", sa.Boolean(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_engagement_in_order")),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["commune.id"], name=op.f("fk_engagement_commune_id_commune")
        ),
        sa.ForeignKeyConstraint(
            ["counsellor_id"],
            ["counsellor.id"],
            name=op.f("fk_engagement_counsellor_id_counsellor"),
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("fk_engagement_venue_id_venue")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement")),
    )
    with op.batch_alter_table("engagement", schema=None) as batch_op:
        batch_op.create_index(
            "ix_engagement_counsellor_id_starts_at", ["counsellor_id", "starts_at"], unique=False
        )
        batch_op.create_index("ix_engagement_starts_at", ["starts_at"], unique=False)

    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column(
            "place_kind",
            sa.Enum("VENUE", "HOME", name="placekind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("topic_minutes", sa.Integer(), nullable=False),
        sa.Column("window_minutes", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "BOOKED",
                "ATTENDED",
                "NO_SHOW",
                "CANCELLED",
                name="appointmentstatus",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "cancelled_by",
            sa.Enum("PERSON", "SERVICE", name="cancelledby", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "WEB",
                "PHONE",
                "DESK",
                "WALK_IN",
                "SYSTEM",
                name="channel",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=200), nullable=False),
        sa.Column("booked_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Integer(), nullable=True),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("link_token_hash", sa.String(length=200), nullable=True),
        sa.Column("form_key", sa.String(length=200), nullable=True),
        sa.Column("form_digest", sa.String(length=200), nullable=True),
        sa.Column(
            "message_channel",
            sa.Enum(
                "SMS",
                "EMAIL",
                "PAPER",
                "VOICE",
                "NONE",
                name="messagechannel",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "message_to",
            sa.Enum("PERSON", "HELPER", name="recipient", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("helper_name", sa.String(length=200), nullable=True),
        sa.Column("helper_phone", sa.String(length=200), nullable=True),
        sa.Column(
            "helper_relation",
            sa.Enum(
                "RELATIVE",
                "NEIGHBOUR",
                "HOME_AIDE",
                "PROFESSIONAL",
                name="helperrelation",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("address_line1", sa.String(length=200), nullable=True),
        sa.Column("address_line2", sa.String(length=200), nullable=True),
        sa.Column(
            "call_time",
            sa.Enum("MORNING", "AFTERNOON", "ANY", name="calltime", native_enum=False, length=24),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(status = 'CANCELLED') = (cancelled_by IS NOT NULL)",
            name=op.f("ck_appointment_cancelled_by_somebody"),
        ),
        sa.CheckConstraint(
            "reference BETWEEN 100000 AND 999999", name=op.f("ck_appointment_six_digits")
        ),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["commune.id"], name=op.f("fk_appointment_commune_id_commune")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            name=op.f("fk_appointment_engagement_id_engagement"),
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_appointment_resident_id_resident")
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_appointment_topic_id_topic")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("engagement_id", name=op.f("uq_appointment_engagement_id")),
        sa.UniqueConstraint("form_key", name=op.f("uq_appointment_form_key")),
        sa.UniqueConstraint("link_token_hash", name=op.f("uq_appointment_link_token_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_appointment_reference")),
        sa.UniqueConstraint("uid", name=op.f("uq_appointment_uid")),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_appointment_helper_phone"), ["helper_phone"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_appointment_resident_id"), ["resident_id"], unique=False
        )

    op.create_table(
        "appointment_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "BOOKED",
                "MOVED",
                "CANCELLED",
                "ATTENDED",
                "NO_SHOW",
                name="eventkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "actor",
            sa.Enum("RESIDENT", "STAFF", "SYSTEM", name="actor", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "WEB",
                "PHONE",
                "DESK",
                "WALK_IN",
                "SYSTEM",
                name="channel",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("old_starts_at", UtcDateTime(), nullable=True),
        sa.Column("new_starts_at", UtcDateTime(), nullable=True),
        sa.Column("old_counsellor_id", sa.Integer(), nullable=True),
        sa.Column("new_counsellor_id", sa.Integer(), nullable=True),
        sa.Column("old_venue_id", sa.Integer(), nullable=True),
        sa.Column("new_venue_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_appointment_event_appointment_id_appointment"),
        ),
        sa.ForeignKeyConstraint(
            ["new_counsellor_id"],
            ["counsellor.id"],
            name=op.f("fk_appointment_event_new_counsellor_id_counsellor"),
        ),
        sa.ForeignKeyConstraint(
            ["new_venue_id"], ["venue.id"], name=op.f("fk_appointment_event_new_venue_id_venue")
        ),
        sa.ForeignKeyConstraint(
            ["old_counsellor_id"],
            ["counsellor.id"],
            name=op.f("fk_appointment_event_old_counsellor_id_counsellor"),
        ),
        sa.ForeignKeyConstraint(
            ["old_venue_id"], ["venue.id"], name=op.f("fk_appointment_event_old_venue_id_venue")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_event")),
    )
    with op.batch_alter_table("appointment_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_appointment_event_appointment_id"), ["appointment_id"], unique=False
        )

    op.create_table(
        "call_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "BEFORE_HOME_VISIT",
                "CANCELLED_BY_SERVICE",
                "REMINDER",
                "UNDELIVERED",
                name="callreason",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "REACHED",
                "MESSAGE_LEFT",
                "NO_ANSWER",
                "NOT_NEEDED",
                name="calloutcome",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_call_task_appointment_id_appointment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_task")),
    )
    with op.batch_alter_table("call_task", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_call_task_appointment_id"), ["appointment_id"], unique=False
        )

    raise_the_wall()


def raise_the_wall() -> None:
    """The database itself refuses two engagements of one counsellor at the same time."""
    statements = NO_OVERLAP_SQLITE
    if op.get_bind().dialect.name == "postgresql":
        statements = (NO_OVERLAP_POSTGRESQL, ONE_DAY_POSTGRESQL)
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("call_task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_task_appointment_id"))

    op.drop_table("call_task")
    with op.batch_alter_table("appointment_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appointment_event_appointment_id"))

    op.drop_table("appointment_event")
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appointment_resident_id"))
        batch_op.drop_index(batch_op.f("ix_appointment_helper_phone"))

    op.drop_table("appointment")
    with op.batch_alter_table("engagement", schema=None) as batch_op:
        batch_op.drop_index("ix_engagement_starts_at")
        batch_op.drop_index("ix_engagement_counsellor_id_starts_at")

    op.drop_table("engagement")
    with op.batch_alter_table("closure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_closure_venue_id"))

    op.drop_table("closure")
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_availability_counsellor_id"))
        batch_op.drop_index(batch_op.f("ix_availability_code"))

    op.drop_table("availability")
    with op.batch_alter_table("venue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_venue_commune_id"))

    op.drop_table("venue")
    op.drop_table("travel_time")
    with op.batch_alter_table("replacement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_replacement_substitute_id"))
        batch_op.drop_index(batch_op.f("ix_replacement_absent_id"))

    op.drop_table("replacement")
    op.drop_table("payer")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_counsellor_id"))

    op.drop_table("absence")
    op.drop_table("usage_count")
    op.drop_table("topic")
    with op.batch_alter_table("throttle_count", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_throttle_count_window_ends_at"))

    op.drop_table("throttle_count")
    op.drop_table("territory")
    with op.batch_alter_table("resident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resident_phone"))

    op.drop_table("resident")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_message_state_due_at")

    op.drop_table("outbox_message")
    op.drop_table("job_run")
    op.drop_table("counsellor")
    op.drop_table("commune")
