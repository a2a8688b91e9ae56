-- A minimal stand-in for the main application's tables, for local use and tests only: what the real application has
-- of them, with the keys and indexes that it would have. Run as main_app_owner; safe to run again.

create table if not exists accounts (
  id uuid primary key,
  name text not null,
  timezone text
);

create table if not exists users (
  id uuid primary key,
  account_id uuid not null references accounts on delete cascade,
  email text not null,
  role text not null,
  is_active boolean not null default true
);
create index if not exists users_account_id on users (account_id);

create table if not exists tree_categories (
  id uuid primary key,
  account_id uuid not null references accounts on delete cascade,
  name text not null
);
create index if not exists tree_categories_account_id on tree_categories (account_id);

create table if not exists trees (
  id uuid primary key,
  account_id uuid not null references accounts on delete cascade,
  name text not null,
  category_id uuid references tree_categories on delete set null,
  is_active boolean not null default true,
  created_at timestamptz not null default now()
);
create index if not exists trees_account_id on trees (account_id);
create index if not exists trees_category_id on trees (category_id);

create table if not exists ai_sessions (
  id uuid primary key,
  account_id uuid not null references accounts on delete cascade,
  user_id uuid references users on delete set null,
  problem_domain text,
  status text not null default 'active',
  confidence_tier text,
  confidence_score double precision,
  matched_flow_id uuid references trees on delete set null,
  match_score double precision,
  session_rating smallint,
  psa_ticket_id text,
  created_at timestamptz not null default now(),
  resolved_at timestamptz
);
create index if not exists ai_sessions_account_id_created_at on ai_sessions (account_id, created_at);
create index if not exists ai_sessions_matched_flow_id on ai_sessions (matched_flow_id);
create index if not exists ai_sessions_user_id on ai_sessions (user_id);

-- The application itself runs as a role that owns nothing.
grant select, insert, update, delete on accounts, users, tree_categories, trees, ai_sessions to main_app;
