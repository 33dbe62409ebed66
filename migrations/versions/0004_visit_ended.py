"""The end of a home visit, the work telephone of colleagues, and erasures that are asked for."""

import sqlalchemy as sa
from alembic import op

from app.models.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In place: batch mode would copy every row.
    op.add_column("appointment", sa.Column("visit_ended_at", UtcDateTime(), nullable=True))
    op.add_column("user", sa.Column("phone", sa.String(length=200), nullable=True))
    op.create_table(
        "erasure_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["resident.id"],
            name=op.f("fk_erasure_request_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user.id"], name=op.f("fk_erasure_request_asked_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_request")),
        sa.UniqueConstraint("resident_id", name=op.f("uq_erasure_request_resident_id")),
    )


def downgrade() -> None:
    op.drop_table("erasure_request")
    op.drop_column("user", "phone")
    op.drop_column("appointment", "visit_ended_at")
