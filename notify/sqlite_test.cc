#include "notify/sqlite.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using testing::HasSubstr;

class SqliteTest : public testing::Test {
 protected:
  SqliteTest() : database_(*SqliteDatabase::Open(":memory:")) {
    EXPECT_TRUE(
        database_
            .Transact([&] {
              database_.Run(
                  "CREATE TABLE t(number INTEGER, bytes TEXT, time INTEGER)");
            })
            .ok());
  }

  int64_t Count() {
    int64_t count = -1;
    EXPECT_TRUE(database_
                    .Transact([&] {
                      count = *database_.FindInt("SELECT count(*) FROM t");
                    })
                    .ok());
    return count;
  }

  SqliteDatabase database_;
};

TEST_F(SqliteTest, GivesValuesBackAsTheyWere) {
  const std::string bytes("a\0\xFF'\n", 5);
  const absl::Time time = absl::FromUnixMicros(1'234'567'890'123'456);
  ASSERT_TRUE(database_
                  .Transact([&] {
                    database_.Run("INSERT INTO t VALUES (?, ?, ?)", int64_t{-7},
                                  bytes, time);
                    SqliteRows rows(&database_,
                                    "SELECT * FROM t WHERE bytes = ?", bytes);
                    ASSERT_TRUE(rows.Next());
                    EXPECT_EQ(rows.Int(0), -7);
                    EXPECT_EQ(rows.Bytes(1), bytes);
                    EXPECT_EQ(rows.Time(2), time);
                    EXPECT_FALSE(rows.Next());
                  })
                  .ok());
}

TEST_F(SqliteTest, UndoesATransactionWithAStatementThatFails) {
  bool went_on = false;
  const absl::Status status = database_.Transact([&] {
    database_.Run("INSERT INTO t VALUES (1, '', 0)");
    database_.Run("INSERT INTO nowhere VALUES (1)");
    went_on = database_.FindInt("SELECT 1").has_value();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("nowhere"));
  EXPECT_FALSE(went_on);
  EXPECT_EQ(Count(), 0);
}

TEST_F(SqliteTest, UndoesATransactionThatIsAborted) {
  const absl::Status status = database_.Transact([&] {
    database_.Run("INSERT INTO t VALUES (1, '', 0)");
    database_.Abort(absl::InternalError("no"));
  });
  EXPECT_EQ(status, absl::InternalError("no"));
  EXPECT_EQ(Count(), 0);
  EXPECT_TRUE(database_.Transact([] {}).ok());  // the next one is not touched
}

TEST_F(SqliteTest, FindsNothingWhereThereIsNothing) {
  ASSERT_TRUE(database_
                  .Transact([&] {
                    EXPECT_FALSE(
                        database_.FindInt("SELECT number FROM t").has_value());
                  })
                  .ok());
}

TEST(Sqlite, SaysThatAFileCannotBeOpened) {
  const auto database = SqliteDatabase::Open("/nonexistent/x.db");
  EXPECT_EQ(database.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(database.status().message()),
              HasSubstr("/nonexistent/x.db"));
}

}  // namespace
}  // namespace dirwatcher
