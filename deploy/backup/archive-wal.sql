-- Has PostgreSQL put each finished piece of its write-ahead log into the folder /wal, from which `ship-wal` takes it. Used after the
-- next start. docs/operations/backups.md says what else it takes.
alter system set archive_mode = on;
-- At most so much is lost when little is written.
alter system set archive_timeout = '5min';
-- Complete and on the disk before it has its name; the same piece may come twice, after a crash.
alter system set archive_command = $$if test -f "/wal/%f"; then cmp -s "%p" "/wal/%f"; else dd if="%p" of="/wal/.%f" bs=1M conv=fsync 2>/dev/null && mv "/wal/.%f" "/wal/%f"; fi$$;
