#include "notify/sqlite.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

constexpr int kBusyTimeoutMs = 10'000;

}  // namespace

absl::StatusOr<SqliteDatabase> SqliteDatabase::Open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  SqliteDatabase database(handle);  // a failure leaves a handle, too
  if (code != SQLITE_OK) return database.LastError(absl::StrCat("open ", path));
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  absl::Status status = database.Execute(
      "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
      "SELECT count(*) FROM sqlite_master");
  if (!status.ok()) return database.LastError(absl::StrCat("open ", path));
  return database;
}

absl::Status SqliteDatabase::Transact(absl::FunctionRef<void()> work) {
  status_ = Execute("BEGIN IMMEDIATE");
  if (!status_.ok()) return std::exchange(status_, absl::OkStatus());
  work();
  if (status_.ok()) status_ = Execute("COMMIT");
  if (!status_.ok()) Execute("ROLLBACK").IgnoreError();
  return std::exchange(status_, absl::OkStatus());
}

void SqliteDatabase::Abort(absl::Status status) { status_.Update(status); }

absl::Status SqliteDatabase::Execute(const std::string& statements) {
  if (sqlite3_exec(handle_.get(), statements.c_str(), nullptr, nullptr,
                   nullptr) != SQLITE_OK) {
    return LastError(statements);
  }
  return absl::OkStatus();
}

absl::Status SqliteDatabase::LastError(absl::string_view what) const {
  return absl::UnavailableError(
      absl::StrCat(what, ": ", sqlite3_errmsg(handle_.get())));
}

void SqliteRows::Prepare(absl::string_view sql) {
  if (!database_.status_.ok()) return;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_.handle_.get(), sql.data(),
                         static_cast<int>(sql.size()), &statement,
                         nullptr) != SQLITE_OK) {
    database_.Abort(database_.LastError(sql));
  }
  statement_.reset(statement);
}

void SqliteRows::Bind(int index, int64_t value) {
  sqlite3_bind_int64(statement_.get(), index, value);
}

void SqliteRows::Bind(int index, absl::string_view bytes) {
  // An empty view may have no address, which would bind NULL.
  sqlite3_bind_text64(statement_.get(), index,
                      bytes.empty() ? "" : bytes.data(), bytes.size(),
                      SQLITE_TRANSIENT, SQLITE_UTF8);
}

void SqliteRows::Bind(int index, absl::Time time) {
  Bind(index, absl::ToUnixMicros(time));
}

bool SqliteRows::Next() {
  if (!database_.status_.ok() || statement_ == nullptr) return false;
  switch (sqlite3_step(statement_.get())) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      database_.Abort(database_.LastError(sqlite3_sql(statement_.get())));
      return false;
  }
}

int64_t SqliteRows::Int(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string SqliteRows::Bytes(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return std::string(static_cast<const char*>(bytes),
                     static_cast<size_t>(size));
}

absl::Time SqliteRows::Time(int column) const {
  return absl::FromUnixMicros(Int(column));
}

}  // namespace dirwatcher
