// SqliteDatabase: SQLite (https://sqlite.org) with transactions as functions.
//
//   absl::StatusOr<SqliteDatabase> database = SqliteDatabase::Open("queue.db");
//   std::string subject;
//   absl::Status status = database->Transact([&] {
//     database->Run("UPDATE message SET tries = ? WHERE id = ?", 3, id);
//     SqliteRows rows(&*database, "SELECT subject FROM message");
//     while (rows.Next()) subject = rows.Bytes(0);
//   });
//
// Within a transaction nothing has to be asked for errors: after the first one
// statements do nothing and give no rows, and all that was done is undone.

#ifndef DIRWATCHER_NOTIFY_SQLITE_H_
#define DIRWATCHER_NOTIFY_SQLITE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace dirwatcher {

// Thread-compatible. Other processes may use the same file: what they change
// waits, and is waited for, up to ten seconds.
class SqliteDatabase {
 public:
  // Opens the file, and makes it if it is not there; ":memory:" is one that is
  // gone with this object. What a transaction has written is on the disk when
  // it is over (PRAGMA synchronous = FULL).
  //   UNAVAILABLE  it cannot be opened, or is no database; the message says why
  static absl::StatusOr<SqliteDatabase> Open(const std::string& path);

  // Does `work` in a transaction that keeps other writers out from its start
  // (BEGIN IMMEDIATE). REQUIRES: none is under way.
  //   UNAVAILABLE  a statement or the commit failed; nothing has changed
  absl::Status Transact(absl::FunctionRef<void()> work);

  // Undoes the transaction that is under way, as if a statement had failed.
  void Abort(absl::Status status);

  // Runs a statement of which the rows do not matter; ? stands for a value.
  // These need a transaction.
  template <typename... Value>
  void Run(absl::string_view sql, const Value&... values);

  // The first column of the first row; none if there is no row.
  template <typename... Value>
  absl::optional<int64_t> FindInt(absl::string_view sql,
                                  const Value&... values);

  // The row that was inserted last.
  int64_t last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }

 private:
  friend class SqliteRows;

  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };

  explicit SqliteDatabase(sqlite3* handle) : handle_(handle) {}

  // Runs statements without values, one after the other.
  absl::Status Execute(const std::string& statements);
  absl::Status LastError(absl::string_view what) const;

  std::unique_ptr<sqlite3, Close> handle_;
  absl::Status status_;  // of the transaction that is under way
};

// The rows of one statement, which is run by going through them. Columns count
// from 0.
class SqliteRows {
 public:
  // `database` must outlive it.
  template <typename... Value>
  SqliteRows(SqliteDatabase* database, absl::string_view sql,
             const Value&... values)
      : database_(*database) {
    Prepare(sql);
    int index = 0;
    (Bind(++index, values), ...);
  }

  SqliteRows(const SqliteRows&) = delete;
  SqliteRows& operator=(const SqliteRows&) = delete;

  // Goes to the next row, the first at first; false: there is none.
  bool Next();

  // Of the current row. REQUIRES: Next() was true.
  int64_t Int(int column) const;
  std::string Bytes(int column) const;
  absl::Time Time(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const {
      sqlite3_finalize(statement);
    }
  };

  void Prepare(absl::string_view sql);
  void Bind(int index, int64_t value);
  void Bind(int index, absl::string_view bytes);
  void Bind(int index, absl::Time time);

  SqliteDatabase& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;  // null: it is mistaken
};

template <typename... Value>
void SqliteDatabase::Run(absl::string_view sql, const Value&... values) {
  SqliteRows rows(this, sql, values...);
  while (rows.Next()) {
  }
}

template <typename... Value>
absl::optional<int64_t> SqliteDatabase::FindInt(absl::string_view sql,
                                                const Value&... values) {
  SqliteRows rows(this, sql, values...);
  if (!rows.Next()) return absl::nullopt;
  return rows.Int(0);
}

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SQLITE_H_
