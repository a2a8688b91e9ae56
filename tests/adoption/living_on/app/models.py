"""The application's tables, as its own Alembic compares them."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Double, Enum, ForeignKey, SmallInteger, String, Text, Uuid, func, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What `alembic check` takes for the whole database."""


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(Text)
    timezone: Mapped[str | None] = mapped_column(Text)


class User(Base):
    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(server_default=true())


class Category(Base):
    __tablename__ = "tree_categories"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text)


class Tree(Base):
    __tablename__ = "trees"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    category_id: Mapped[UUID | None] = mapped_column(ForeignKey("tree_categories.id", ondelete="SET NULL"))
    is_active: Mapped[bool] = mapped_column(server_default=true())
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class AiSession(Base):
    __tablename__ = "ai_sessions"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    problem_domain: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(
        Enum("active", "resolved", "escalated", "abandoned", name="session_status"), server_default="active"
    )
    confidence_tier: Mapped[str | None] = mapped_column(Text)
    confidence_score: Mapped[float | None] = mapped_column(Double)
    matched_flow_id: Mapped[UUID | None] = mapped_column(ForeignKey("trees.id", ondelete="SET NULL"))
    match_score: Mapped[float | None] = mapped_column(Double)
    session_rating: Mapped[int | None] = mapped_column(SmallInteger)
    psa_ticket_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    resolved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
