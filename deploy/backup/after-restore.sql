-- What was on its way when the backup was made may have been sent since, and nothing in the backup knows. None of it may go out
-- again: it counts as uncertain, and ends as `unknown` when Meta says nothing of it. A status that still comes settles it.
set local role wamcp_system;
update public.messages
set status = 'sending', attempts = greatest(attempts, 1), attempted_at = coalesce(attempted_at, now()), claim_expires_at = null,
  uncertain_at = now(), uncertain_policy = 'give_up',
  error = '{"reason": "the server was restored from a backup", "advice": "It may have arrived: ask before you send it again."}'
where status in ('queued', 'sending');
reset role;
