#include "notify/spool.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "env/errno_status.h"
#include "notify/dead_letter.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kSchemaVersion = 1;

// Times are microseconds since 1970. `hold` is a DeliveryState; `hold_until`
// means nothing if that is kReady.
constexpr const char* kSchema[] = {
    R"(CREATE TABLE message(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  host TEXT NOT NULL,
  signature TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  repeat_key TEXT NOT NULL,
  repeats INTEGER NOT NULL,
  hold INTEGER NOT NULL,
  hold_until INTEGER NOT NULL))",
    R"(CREATE INDEX message_by_key ON message(repeat_key, hold))",
    R"(CREATE TABLE attachment(
  message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  PRIMARY KEY(message, position)))",
    R"(CREATE TABLE delivery(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
  target TEXT NOT NULL,
  tries INTEGER NOT NULL,
  next_try INTEGER NOT NULL,
  progress TEXT NOT NULL,
  last_error TEXT NOT NULL,
  UNIQUE(message, target)))",
    R"(CREATE TABLE repeat_group(
  repeat_key TEXT PRIMARY KEY,
  last_sent INTEGER NOT NULL))"};

int64_t ToColumn(DeliveryState state) { return static_cast<int64_t>(state); }

DeliveryState StateOf(const RepeatDecision& decision) {
  switch (decision.kind) {
    case RepeatDecision::kCollect:
      return DeliveryState::kCollecting;
    case RepeatDecision::kCount:
      return DeliveryState::kCounted;
    case RepeatDecision::kSend:
    case RepeatDecision::kJoin:
      break;
  }
  return DeliveryState::kReady;
}

// Makes the folder for this user only, and those above it.
absl::Status MakePrivateFolder(const std::string& dir) {
  std::error_code error;
  const fs::path parent = fs::path(dir).parent_path();
  if (!parent.empty()) fs::create_directories(parent, error);
  if (mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) {
    return ErrnoStatus(errno, "make", dir);
  }
  return absl::OkStatus();
}

std::string WithRepeats(std::string text, int64_t repeats) {
  if (repeats <= 1) return text;
  return absl::StrCat("Repeated ", repeats, " times\n\n", text);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Spool>> Spool::Open(const std::string& dir,
                                                   absl::Time now) {
  if (absl::Status s = MakePrivateFolder(dir); !s.ok()) return s;
  absl::StatusOr<UniqueFd> lock_file = RowLocks::OpenFile(dir + "/lock");
  if (!lock_file.ok()) return lock_file.status();
  absl::StatusOr<SqliteDatabase> database =
      SqliteDatabase::Open(dir + "/queue.db");
  if (!database.ok()) return database.status();
  std::unique_ptr<Spool> spool(
      new Spool(dir, *std::move(database),
                std::make_unique<RowLocks>(*std::move(lock_file))));
  if (absl::Status s = spool->CreateTables(); !s.ok()) return s;
  spool->RemoveStrays(now);
  return spool;
}

absl::StatusOr<std::unique_ptr<Spool>> Spool::OpenInMemory() {
  absl::StatusOr<SqliteDatabase> database = SqliteDatabase::Open(":memory:");
  if (!database.ok()) return database.status();
  std::unique_ptr<Spool> spool(
      new Spool("", *std::move(database), std::make_unique<RowLocks>()));
  if (absl::Status s = spool->CreateTables(); !s.ok()) return s;
  return spool;
}

Spool::Spool(std::string dir, SqliteDatabase database,
             std::unique_ptr<RowLocks> locks)
    : dir_(std::move(dir)),
      files_(dir_.empty() ? "" : dir_ + "/files"),
      database_(std::move(database)),
      locks_(std::move(locks)) {}

absl::Status Spool::CreateTables() {
  return database_.Transact([this] {
    const int64_t found = database_.FindInt("PRAGMA user_version").value_or(0);
    if (found == kSchemaVersion) return;
    if (found != 0) {
      database_.Abort(absl::UnavailableError(
          absl::StrCat("open ", dir_, "/queue.db: it has version ", found,
                       ", of which this program knows nothing")));
    }
    for (const char* statement : kSchema) database_.Run(statement);
    database_.Run(absl::StrCat("PRAGMA user_version = ", kSchemaVersion));
  });
}

void Spool::RemoveStrays(absl::Time now) {
  std::set<std::string> known;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const absl::Status status = database_.Transact([&] {
      SqliteRows rows(&database_, "SELECT message_id FROM message");
      while (rows.Next()) known.insert(rows.Bytes(0));
    });
    if (!status.ok()) return;
  }
  files_.RemoveStrays(
      [&known](const std::string& id) { return known.count(id) > 0; }, now);
}

absl::StatusOr<SpooledMessage> Spool::Add(const OutgoingMessage& message,
                                          absl::Span<const std::string> targets,
                                          const RepeatRule& rule,
                                          absl::Time now) {
  OutgoingMessage kept = message;
  kept.attachments = files_.Keep(message.id, message.attachments);
  SpooledMessage result;
  std::string superseded;  // the id of a message that is gone
  const std::lock_guard<std::mutex> lock(mutex_);
  const absl::Status status = database_.Transact([&] {
    const RepeatState state = ReadRepeatState(rule.key);
    result.decision = DecideRepeat(rule, state, now);
    if (result.decision.kind == RepeatDecision::kJoin) {
      result.message = FindHeld(rule.key, DeliveryState::kCollecting);
      superseded = message.id;
      database_.Run("UPDATE message SET repeats = repeats + 1 WHERE id = ?",
                    result.message);
    } else {
      const int64_t counted =
          state.has_counted ? FindHeld(rule.key, DeliveryState::kCounted) : 0;
      result.message = Insert(kept, rule, result.decision);
      if (counted != 0) superseded = Inherit(counted, result.message);
    }
    for (const std::string& target : targets) {
      AddTarget(result.message, target);
    }
    if (result.decision.kind == RepeatDecision::kSend) {
      ReleaseHeld(result.message, now);
    }
  });
  if (!status.ok()) {
    files_.Remove(message.id);
    return status;
  }
  if (!superseded.empty()) files_.Remove(superseded);
  return result;
}

RepeatState Spool::ReadRepeatState(const std::string& key) {
  RepeatState state;
  SqliteRows sent(&database_,
                  "SELECT last_sent FROM repeat_group WHERE repeat_key = ?",
                  key);
  if (sent.Next()) state.last_sent = sent.Time(0);
  SqliteRows held(&database_,
                  "SELECT hold, hold_until FROM message"
                  " WHERE repeat_key = ? AND hold != ?",
                  key, ToColumn(DeliveryState::kReady));
  while (held.Next()) {
    if (held.Int(0) == ToColumn(DeliveryState::kCounted)) {
      state.has_counted = true;
    } else {
      state.collecting_until = held.Time(1);
    }
  }
  return state;
}

int64_t Spool::FindHeld(const std::string& key, DeliveryState state) {
  return database_
      .FindInt(
          "SELECT id FROM message WHERE repeat_key = ? AND hold = ?"
          " ORDER BY id DESC",
          key, ToColumn(state))
      .value_or(0);
}

int64_t Spool::Insert(const OutgoingMessage& message, const RepeatRule& rule,
                      const RepeatDecision& decision) {
  database_.Run(
      "INSERT INTO message(message_id, created, host, signature, subject, body,"
      " repeat_key, repeats, hold, hold_until)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
      message.id, message.time, message.host, message.signature,
      message.subject, message.text, rule.key, ToColumn(StateOf(decision)),
      decision.until);
  const int64_t id = database_.last_row();
  int64_t position = 0;
  for (const Attachment& attachment : message.attachments) {
    database_.Run("INSERT INTO attachment VALUES (?, ?, ?, ?)", id, position++,
                  attachment.name, attachment.path);
  }
  return id;
}

void Spool::AddTarget(int64_t message, const std::string& target) {
  database_.Run(
      "INSERT OR IGNORE INTO delivery(message, target, tries, next_try,"
      " progress, last_error) VALUES (?, ?, 0, 0, '', '')",
      message, target);
}

std::string Spool::Inherit(int64_t counted, int64_t heir) {
  database_.Run(
      "UPDATE message SET repeats = repeats +"
      " (SELECT repeats FROM message WHERE id = ?) WHERE id = ?",
      counted, heir);
  database_.Run("UPDATE OR IGNORE delivery SET message = ? WHERE message = ?",
                heir, counted);
  SqliteRows id(&database_, "SELECT message_id FROM message WHERE id = ?",
                counted);
  std::string message_id;
  if (id.Next()) message_id = id.Bytes(0);
  database_.Run("DELETE FROM message WHERE id = ?", counted);
  return message_id;
}

void Spool::ReleaseHeld(int64_t message, absl::Time now) {
  database_.Run("UPDATE message SET hold = ? WHERE id = ?",
                ToColumn(DeliveryState::kReady), message);
  database_.Run(
      "INSERT OR REPLACE INTO repeat_group"
      " SELECT repeat_key, ? FROM message WHERE id = ? AND repeat_key != ''",
      now, message);
}

absl::Status Spool::Release(int64_t message, absl::Time now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return database_.Transact([&] {
    if (database_.FindInt("SELECT 1 FROM message WHERE id = ? AND hold = ?",
                          message, ToColumn(DeliveryState::kCollecting))) {
      ReleaseHeld(message, now);
    }
  });
}

absl::Status Spool::ReleaseExpired(absl::Time now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return database_.Transact([&] {
    std::vector<int64_t> expired;
    SqliteRows rows(&database_,
                    "SELECT id FROM message WHERE hold != ? AND hold_until <= ?"
                    " ORDER BY id",
                    ToColumn(DeliveryState::kReady), now);
    while (rows.Next()) expired.push_back(rows.Int(0));
    for (const int64_t message : expired) ReleaseHeld(message, now);
  });
}

absl::StatusOr<std::vector<QueuedDelivery>> Spool::List() {
  std::vector<QueuedDelivery> list;
  const std::lock_guard<std::mutex> lock(mutex_);
  const absl::Status status = database_.Transact([&] {
    SqliteRows rows(
        &database_,
        "SELECT delivery.id, message, hold, message_id, subject, target,"
        " created, repeats, tries, max(next_try, hold_until), last_error"
        " FROM delivery JOIN message ON message = message.id"
        " ORDER BY message, delivery.id");
    while (rows.Next()) {
      QueuedDelivery delivery;
      delivery.id = rows.Int(0);
      delivery.message = rows.Int(1);
      delivery.state = static_cast<DeliveryState>(rows.Int(2));
      delivery.message_id = rows.Bytes(3);
      delivery.subject = rows.Bytes(4);
      delivery.target = rows.Bytes(5);
      delivery.created = rows.Time(6);
      delivery.repeats = rows.Int(7);
      delivery.tries = static_cast<int>(rows.Int(8));
      delivery.next_try = rows.Time(9);
      delivery.last_error = rows.Bytes(10);
      list.push_back(std::move(delivery));
    }
  });
  if (!status.ok()) return status;
  return list;
}

absl::StatusOr<absl::optional<ClaimedDelivery>> Spool::Claim(int64_t delivery) {
  if (!locks_->TryLock(delivery)) return absl::nullopt;
  // Whoever had the lock before may have made it meanwhile.
  absl::optional<ClaimedDelivery> claimed;
  const std::lock_guard<std::mutex> lock(mutex_);
  const absl::Status status =
      database_.Transact([&] { claimed = Load(delivery); });
  if (!claimed || !status.ok()) locks_->Unlock(delivery);
  if (!status.ok()) return status;
  return claimed;
}

absl::optional<ClaimedDelivery> Spool::Load(int64_t delivery) {
  SqliteRows rows(
      &database_,
      "SELECT message_id, created, host, signature, subject, body, repeats,"
      " target, progress, tries, message"
      " FROM delivery JOIN message ON message = message.id"
      " WHERE delivery.id = ? AND hold = ?",
      delivery, ToColumn(DeliveryState::kReady));
  if (!rows.Next()) return absl::nullopt;
  ClaimedDelivery claimed;
  claimed.message.id = rows.Bytes(0);
  claimed.message.time = rows.Time(1);
  claimed.message.host = rows.Bytes(2);
  claimed.message.signature = rows.Bytes(3);
  claimed.message.subject = rows.Bytes(4);
  claimed.message.text = WithRepeats(rows.Bytes(5), rows.Int(6));
  claimed.target = rows.Bytes(7);
  claimed.progress = rows.Bytes(8);
  claimed.tries = static_cast<int>(rows.Int(9));
  SqliteRows attachments(&database_,
                         "SELECT name, path FROM attachment WHERE message = ?"
                         " ORDER BY position",
                         rows.Int(10));
  while (attachments.Next()) {
    claimed.message.attachments.push_back(
        {attachments.Bytes(0), attachments.Bytes(1)});
  }
  return claimed;
}

absl::Status Spool::SaveProgress(int64_t delivery,
                                 const std::string& progress) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return database_.Transact([&] {
    database_.Run("UPDATE delivery SET progress = ? WHERE id = ?", progress,
                  delivery);
  });
}

std::string Spool::Forget(int64_t delivery) {
  SqliteRows rows(&database_,
                  "SELECT message, message_id FROM delivery"
                  " JOIN message ON message = message.id WHERE delivery.id = ?",
                  delivery);
  if (!rows.Next()) return "";
  const int64_t message = rows.Int(0);
  const std::string message_id = rows.Bytes(1);
  database_.Run("DELETE FROM delivery WHERE id = ?", delivery);
  if (database_.FindInt("SELECT 1 FROM delivery WHERE message = ?", message)) {
    return "";
  }
  database_.Run("DELETE FROM message WHERE id = ?", message);
  return message_id;
}

absl::Status Spool::NoteDelivered(int64_t delivery) {
  const absl::Cleanup unlock = [&] { locks_->Unlock(delivery); };
  std::string finished;
  const std::lock_guard<std::mutex> lock(mutex_);
  const absl::Status status =
      database_.Transact([&] { finished = Forget(delivery); });
  if (status.ok() && !finished.empty()) files_.Remove(finished);
  return status;
}

absl::Status Spool::NoteFailed(int64_t delivery, const std::string& reason,
                               absl::Time next_try) {
  const absl::Cleanup unlock = [&] { locks_->Unlock(delivery); };
  const std::lock_guard<std::mutex> lock(mutex_);
  return database_.Transact([&] {
    database_.Run(
        "UPDATE delivery SET tries = tries + 1, next_try = ?, last_error = ?"
        " WHERE id = ?",
        next_try, reason, delivery);
  });
}

absl::Status Spool::NoteRefused(int64_t delivery, const std::string& reason,
                                absl::Time now) {
  const absl::Cleanup unlock = [&] { locks_->Unlock(delivery); };
  std::string finished;
  const std::lock_guard<std::mutex> lock(mutex_);
  const absl::Status status = database_.Transact([&] {
    const absl::optional<ClaimedDelivery> refused = Load(delivery);
    if (!refused) return;
    // First: twice is better than never. The name is the same if it comes to
    // that.
    if (!dir_.empty()) {
      const absl::Status written = WriteDeadLetter(
          absl::StrCat(dir_, "/dead/", delivery, "-", refused->message.id),
          {refused->message, refused->target, reason, now}, files_);
      if (!written.ok()) database_.Abort(written);
    }
    finished = Forget(delivery);
  });
  if (status.ok() && !finished.empty()) files_.Remove(finished);
  return status;
}

}  // namespace dirwatcher
