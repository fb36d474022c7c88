#include "dirwatch/append_reader.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "dirwatch/append_scanner.h"
#include "dirwatch/checkpoints.h"
#include "dirwatch/line_matcher.h"
#include "env/fake_file_system.h"
#include "env/faulty_file_system.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using TurnEnd = AppendReader::TurnEnd;

constexpr char kPath[] = "/f.log";

// A file with a reader of its own. What the reader tells is written down as
// "LINE@START: TEXT", with "..." behind a text that was cut, and "truncated".
class Reading : private ReadListener {
 public:
  explicit Reading(const AppendReaderOptions& options = {},
                   std::vector<std::string> magics = {"magic"},
                   MagicSyntax syntax = MagicSyntax::kLiteral)
      : matcher_(*LineMatcher::Create(std::move(magics),
                                      {syntax, CaseRule::kExact})),
        scanner_(&matcher_),
        reader_(&scanner_, options) {
    disk.Write(kPath, "");
    file_ = *(*fs_.OpenDirectory("/"))->OpenFile("f.log");
  }

  absl::StatusOr<TurnEnd> Turn() {
    const absl::StatusOr<FileStat> stat = file_->Stat();
    if (!stat.ok()) return stat.status();
    return reader_.ReadTurn(file_.get(), stat->size_bytes, &position,
                            &checkpoints_, this);
  }

  // Turns until the end of the file is seen. Returns what was told.
  std::vector<std::string> Read() {
    for (int turns = 0; turns < 100000; ++turns) {
      const absl::StatusOr<TurnEnd> end = Turn();
      if (end.ok() && *end == TurnEnd::kCaughtUp) return Told();
    }
    ADD_FAILURE() << "the end was never seen";
    return Told();
  }

  absl::Status FinishLine() {
    return reader_.FinishLine(file_.get(), &position, this);
  }

  // What was told since the last time.
  std::vector<std::string> Told() { return std::exchange(told_, {}); }

  const ReadTotals& totals() const { return reader_.totals(); }

  FakeFileSystem disk;
  FaultyFileSystem::Policy policy;
  FilePosition position;

 private:
  void OnMatch(const LineMatch& match, absl::string_view text,
               bool cut) override {
    told_.push_back(absl::StrCat(match.line, "@", match.line_start, ": ", text,
                                 cut ? "..." : ""));
  }
  void OnTruncated() override { told_.push_back("truncated"); }

  FaultyFileSystem fs_{&disk, [this](const FileCall& call) {
                         return policy ? policy(call) : Fault();
                       }};
  std::unique_ptr<ReadableFile> file_;
  const LineMatcher matcher_;
  const AppendScanner scanner_;
  AppendReader reader_;
  Checkpoints checkpoints_;
  std::vector<std::string> told_;
};

AppendReaderOptions Options(int64_t max_text_bytes, int64_t max_bytes_per_turn,
                            int64_t read_bytes) {
  AppendReaderOptions options;
  options.max_text_bytes = max_text_bytes;
  options.max_bytes_per_turn = max_bytes_per_turn;
  options.read_bytes = read_bytes;
  return options;
}

Fault Fails(absl::Status error = absl::UnavailableError("EIO")) {
  Fault fault;
  fault.error = std::move(error);
  return fault;
}

std::string Nuls(size_t count) { return std::string(count, '\0'); }

// --- what is appended ------------------------------------------------------

TEST(AppendReader, ReportsEachLineOnceAsTheFileGrows) {
  Reading reading;
  EXPECT_THAT(reading.Read(), IsEmpty());
  reading.disk.Append(kPath, "no\na magic line\r\nma");
  EXPECT_THAT(reading.Read(), ElementsAre("2@3: a magic line"));
  reading.disk.Append(kPath, "gic");
  EXPECT_THAT(reading.Read(), ElementsAre("3@17: magic"));
  reading.disk.Append(kPath, " and more magic\nmagic\n");
  EXPECT_THAT(reading.Read(), ElementsAre("4@38: magic"));
  EXPECT_THAT(reading.Read(), IsEmpty());
}

TEST(AppendReader, CountsBytesAndFinishedLinesOnce) {
  Reading reading;
  reading.disk.Append(kPath, "a\nb\nc");
  reading.Read();
  reading.Read();
  EXPECT_EQ(reading.totals().bytes, 5);
  EXPECT_EQ(reading.totals().lines, 2);
  reading.disk.Append(kPath, "\n");
  reading.Read();
  EXPECT_EQ(reading.totals().bytes, 6);
  EXPECT_EQ(reading.totals().lines, 3);
}

TEST(AppendReader, ATurnEndsAfterAboutSoManyBytes) {
  Reading reading(Options(4096, 1000, 100));
  reading.disk.Append(kPath, std::string(10000, '-'));
  int turns = 1;
  for (; *reading.Turn() == TurnEnd::kMore; ++turns) {
    EXPECT_GE(reading.position.scan.offset_bytes, 1000 * turns);
    EXPECT_LE(reading.position.scan.offset_bytes, 1100 * turns);
  }
  EXPECT_LE(turns, 11);
  EXPECT_EQ(reading.position.scan.offset_bytes, 10000);
}

TEST(AppendReader, ATurnEndsAfter256MebibytesUnlessToldOtherwise) {
  constexpr int64_t kMebibyte = int64_t{1} << 20;
  Reading reading;
  reading.disk.Truncate(kPath, 258 * kMebibyte);  // a hole
  EXPECT_EQ(*reading.Turn(), TurnEnd::kMore);
  EXPECT_GE(reading.position.scan.offset_bytes, 256 * kMebibyte);
  EXPECT_LE(reading.position.scan.offset_bytes, 257 * kMebibyte);
}

TEST(AppendReader, ReadsTheSameWithEveryReadSize) {
  std::string content;
  for (int i = 0; i < 40; ++i) {
    absl::StrAppend(&content, i, i % 3 == 0 ? " magic" : " nothing",
                    std::string(i, '-'), i % 2 == 0 ? "\r\n" : "\n");
  }
  std::vector<std::string> expected;
  for (int64_t size = 2000; size >= 1; size -= size > 50 ? 61 : 1) {
    Reading reading(Options(4096, 1, size));
    reading.disk.Append(kPath, content);
    std::vector<std::string> lines;
    for (const std::string& told : reading.Read()) {
      lines.push_back(told.substr(0, told.find(':')));
    }
    if (expected.empty()) expected = lines;
    EXPECT_EQ(lines.size(), 14u);
    EXPECT_EQ(lines, expected) << "read size " << size;
  }
}

TEST(AppendReader, ReadsTheSameWithShortReadsOfEverySize) {
  for (size_t size = 1; size < 300; ++size) {
    Reading reading(Options(4096, 300, 200));
    reading.policy = [size](const FileCall& call) {
      Fault fault;
      if (call.kind == FileCall::kRead) fault.max_read_bytes = size;
      return fault;
    };
    reading.disk.Append(kPath, std::string(500, '-'));
    EXPECT_THAT(reading.Read(), IsEmpty());
    reading.disk.Append(kPath, "\nmagic\nmag");
    EXPECT_THAT(reading.Read(), ElementsAre("2@501: magic")) << size;
    reading.disk.Append(kPath, "ic\n");
    EXPECT_THAT(reading.Read(), ElementsAre("3@507: magic")) << size;
  }
}

TEST(AppendReader, AnErrorAtAnyCallLosesAndRepeatsNothing) {
  bool was_reached = true;
  for (int failing = 0; was_reached; ++failing) {
    Reading reading(Options(4096, 700, 300));
    int calls = 0;
    was_reached = false;
    reading.policy = [&](const FileCall& call) {
      if (call.kind != FileCall::kRead) return Fault();
      // Twice, as a single error of a short piece is tried again at once.
      const bool fails = calls == failing || calls == failing + 1;
      ++calls;
      was_reached |= fails;
      return fails ? Fails() : Fault();
    };
    reading.disk.Append(kPath, absl::StrCat(std::string(1000, '-'), "\nmagic"));
    EXPECT_THAT(reading.Read(), ElementsAre("2@1001: magic"));
    reading.disk.Append(kPath, "\nno\nmagic\n");
    EXPECT_THAT(reading.Read(), ElementsAre("4@1010: magic"));
    EXPECT_EQ(reading.totals().bytes, 1016) << failing;
    EXPECT_EQ(reading.totals().lines, 4);
  }
}

TEST(AppendReader, AShortReadIsNotTheEndThoughWhatFollowsCannotBeRead) {
  Reading reading;
  const std::string content = "one\ntwo\nmagic\n";
  reading.disk.Append(kPath, content);
  int reads = 0;
  reading.policy = [&reads](const FileCall& call) {
    Fault fault;
    if (call.kind != FileCall::kRead) return fault;
    if (++reads == 1) fault.max_read_bytes = 6;
    return reads == 2 ? Fails() : fault;
  };
  while (*reading.Turn() != TurnEnd::kCaughtUp) {
  }
  EXPECT_GT(reads, 2);
  EXPECT_THAT(reading.Told(), ElementsAre("3@8: magic"));
}

TEST(AppendReader, ReturnsTheErrorThatStopsIt) {
  Reading reading;
  reading.disk.Append(kPath, "magic\n");
  reading.policy = [](const FileCall&) {
    return Fails(absl::DataLossError("a bad sector"));
  };
  EXPECT_EQ(reading.Turn().status(), absl::DataLossError("a bad sector"));
  EXPECT_EQ(reading.position.scan, ScanState());
  reading.policy = nullptr;
  EXPECT_THAT(reading.Read(), ElementsAre("1@0: magic"));
}

TEST(AppendReader, ALineLongerThanAnyBufferIsFoundAndShownInPart) {
  Reading reading(Options(20, 1 << 20, 1000));
  reading.disk.Append(kPath, absl::StrCat("a\n", std::string(3 << 20, 'x')));
  EXPECT_THAT(reading.Read(), IsEmpty());
  reading.disk.Append(kPath, absl::StrCat("<magic>", std::string(5000, 'y')));
  EXPECT_THAT(reading.Read(), ElementsAre("2@2: xxxxxx<magic>yyyyyyy..."));
  reading.disk.Append(kPath, "magic\nmagic\n");
  EXPECT_THAT(reading.Read(), ElementsAre("3@3150743: magic"));
}

TEST(AppendReader, AHoleOfNulsIsPassedAndTheLineBeginsAtItsEnd) {
  Reading reading(Options(4096, 1 << 16, 1000));
  reading.disk.Append(kPath, "magic\n");
  reading.disk.WriteAt(kPath, 1000000, "magic\nmagic\n");
  EXPECT_THAT(reading.Read(), ElementsAre("1@0: magic", "2@1000000: magic",
                                          "3@1000006: magic"));
}

// --- the text of a match ---------------------------------------------------

TEST(AppendReaderText, IsTheWholeLineUpToTheLimit) {
  Reading reading(Options(10, 1 << 20, 1000));
  reading.disk.Append(kPath, "ab magic z\r\nabc magic z\n");
  EXPECT_THAT(reading.Read(),
              ElementsAre("1@0: ab magic z", "2@12: bc magic z..."));
}

TEST(AppendReaderText, IsUpTo4096BytesUnlessToldOtherwise) {
  Reading reading;
  const std::string most = absl::StrCat("magic", std::string(4091, 'x'));
  reading.disk.Append(kPath, absl::StrCat(most, "\n", most, "x\n"));
  EXPECT_THAT(reading.Read(),
              ElementsAre(absl::StrCat("1@0: ", most),
                          absl::StrCat("2@4097: ", most, "...")));
}

TEST(AppendReaderText, IsReadAgainFromTheBeginningOfAnUnfinishedLine) {
  Reading reading(Options(600, 1 << 20, 1000));
  reading.disk.Append(kPath, std::string(500, '-'));
  reading.Read();
  reading.disk.Append(kPath, "mag");
  reading.Read();
  reading.disk.Append(kPath, "ic");
  EXPECT_THAT(reading.Read(), ElementsAre(absl::StrCat(
                                  "1@0: ", std::string(500, '-'), "magic")));
}

TEST(AppendReaderText, IsTheWholeLineThatLiesAcrossTwoReads) {
  for (int64_t before = 0; before < 400; before += 7) {
    Reading reading(Options(200, 1 << 20, 202));
    const std::string line =
        absl::StrCat("magic", std::string(190, '-'), "magic");
    reading.disk.Append(
        kPath, absl::StrCat(std::string(before, 'x'), "\n", line, "\r\nno\n"));
    EXPECT_THAT(reading.Read(),
                ElementsAre(absl::StrCat("2@", before + 1, ": ", line)));
  }
}

TEST(AppendReaderText, IsTheWholeLineBehindAHole) {
  for (size_t hole = 1; hole < 60; ++hole) {
    Reading reading(Options(20, 1 << 20, 22));
    reading.disk.Append(kPath,
                        absl::StrCat("a\n", Nuls(hole), "<magic line>\n"));
    EXPECT_THAT(reading.Read(),
                ElementsAre(absl::StrCat("2@", 2 + hole, ": <magic line>")));
  }
}

TEST(AppendReaderText, IsTheWholeLineThatManyShortReadsBring) {
  Reading reading(Options(20, 1 << 20, 22));
  reading.disk.Append(kPath, "a line\n");
  reading.Read();
  reading.policy = [](const FileCall& call) {
    Fault fault;
    if (call.kind == FileCall::kRead) fault.max_read_bytes = 2;
    return fault;
  };
  reading.disk.Append(kPath, "ten bytes\nxx magic yyyyyyyyyy\n");
  EXPECT_THAT(reading.Read(), ElementsAre("3@17: xx magic yyyyyyyyyy"));
}

TEST(AppendReaderText, SaysThatItIsCutWhereALongLineWasJudgedInPart) {
  Reading reading(Options(4 << 20, int64_t{64} << 20, 1 << 16), {"magic"},
                  MagicSyntax::kRegex);
  reading.disk.Append(kPath,
                      absl::StrCat("magic", std::string(2 << 20, '-'), "\n"));
  const std::vector<std::string> told = reading.Read();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].substr(0, 10), "1@0: magic");
  EXPECT_EQ(told[0].substr(told[0].size() - 4), "-...");
}

TEST(AppendReaderText, IsCutBetweenCharacters) {
  std::string umlauts;
  for (int i = 0; i < 50; ++i) umlauts += "\xC3\xA4";
  for (int64_t limit = 5; limit < 60; ++limit) {
    Reading reading(Options(limit, 1 << 20, 1000));
    reading.disk.Append(kPath, absl::StrCat(umlauts, "magic", umlauts, "\n"));
    const std::vector<std::string> told = reading.Read();
    ASSERT_EQ(told.size(), 1u);
    const size_t magic = told[0].find("magic");
    ASSERT_NE(magic, std::string::npos) << limit;
    const std::string before = told[0].substr(5, magic - 5);
    std::string after = told[0].substr(magic + 5);
    EXPECT_EQ(after.substr(after.size() - 3), "...");
    after.resize(after.size() - 3);
    EXPECT_EQ(before, umlauts.substr(0, before.size() / 2 * 2)) << limit;
    EXPECT_EQ(after, umlauts.substr(0, after.size() / 2 * 2)) << limit;
    EXPECT_GE(before.size() + 5 + after.size() + 2, static_cast<size_t>(limit));
  }
}

TEST(AppendReaderText, IsCutWhereItsBeginningCannotBeReadAgain) {
  Reading reading(Options(4096, 1 << 20, 1000));
  const std::string beginning(2000, '-');
  reading.disk.Append(kPath, beginning);
  reading.Read();
  reading.disk.Append(kPath, "magic");
  reading.policy = [](const FileCall& call) {
    // The reader looks at the head, then at what is new, then back.
    const bool is_text = call.kind == FileCall::kRead && call.offset == 0 &&
                         call.size_bytes > 1024;
    return is_text ? Fails() : Fault();
  };
  const std::vector<std::string> told = reading.Read();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0], absl::StrCat("1@0: ", std::string(256, '-'), "magic..."));
}

// --- a file that does not only grow ----------------------------------------

TEST(AppendReaderTruncation, AFileCutBelowThePositionIsReadFromItsBeginning) {
  Reading reading;
  reading.disk.Append(kPath, "one\nmagic two\nthree\n");
  reading.Read();
  reading.disk.Truncate(kPath, 10);
  EXPECT_THAT(reading.Read(), ElementsAre("truncated", "2@4: magic "));
  reading.disk.Truncate(kPath, 0);
  EXPECT_THAT(reading.Read(), ElementsAre("truncated"));
  EXPECT_EQ(reading.position.scan, ScanState());
  reading.disk.Append(kPath, "magic\n");
  EXPECT_THAT(reading.Read(), ElementsAre("1@0: magic"));
}

TEST(AppendReaderTruncation, AFileRewrittenToTheSameLengthIsReadAgain) {
  Reading reading;
  reading.disk.Write(kPath, "magic 1\n");
  EXPECT_THAT(reading.Read(), ElementsAre("1@0: magic 1"));
  reading.disk.Write(kPath, "magic 2\n");
  EXPECT_THAT(reading.Read(), ElementsAre("truncated", "1@0: magic 2"));
}

TEST(AppendReaderTruncation, AFileThatGrewAgainBeyondThePositionIsReadAgain) {
  Reading reading;
  reading.disk.Write(kPath, "short\n");
  reading.Read();
  reading.disk.Write(kPath, "a magic line\nand another magic line\n");
  EXPECT_THAT(reading.Read(), ElementsAre("truncated", "1@0: a magic line",
                                          "2@13: and another magic line"));
}

TEST(AppendReaderTruncation, AChangeJustBeforeThePositionIsSeen) {
  Reading reading;
  reading.disk.Write(kPath, absl::StrCat(std::string(3000, '-'), "\n"));
  reading.Read();
  reading.disk.WriteAt(kPath, 3001 - 256, "x");
  EXPECT_THAT(reading.Read(), ElementsAre("truncated"));
}

TEST(AppendReaderTruncation, AChangeOfTheFirstBytesIsSeen) {
  Reading reading;
  reading.disk.Write(kPath, absl::StrCat(std::string(3000, '-'), "\n"));
  reading.Read();
  reading.disk.WriteAt(kPath, 1023, "x");
  EXPECT_THAT(reading.Read(), ElementsAre("truncated"));
}

TEST(AppendReaderTruncation, ThePendingPartialLineIsDropped) {
  Reading reading;
  reading.disk.Write(kPath, "1\nmag");
  reading.Read();
  reading.disk.Write(kPath, "ic\n");
  EXPECT_THAT(reading.Read(), ElementsAre("truncated"));
  reading.disk.Append(kPath, "magic");
  EXPECT_THAT(reading.Read(), ElementsAre("2@3: magic"));
}

TEST(AppendReaderTruncation, AFileCutBackToAPauseGoesOnThere) {
  Reading reading;
  reading.disk.Append(kPath, "magic 1\nmagic 2\n");
  EXPECT_EQ(reading.Read().size(), 2u);
  reading.disk.Append(kPath, "magic 3\nmagic 4");
  EXPECT_EQ(reading.Read().size(), 2u);
  reading.disk.Truncate(kPath, 16);
  EXPECT_THAT(reading.Read(), IsEmpty());
  reading.disk.Append(kPath, "magic five\n");
  EXPECT_THAT(reading.Read(), ElementsAre("3@16: magic five"));
}

TEST(AppendReaderTruncation, PausesBeyondACutAreForgotten) {
  Reading reading;
  for (const char* line : {"line 1\n", "line 2\n", "line 3\n"}) {
    reading.disk.Append(kPath, line);
    reading.Read();
  }
  reading.disk.Truncate(kPath, 7);
  reading.Read();
  for (const char* line : {"magic2\n", "magic3\n"}) {
    reading.disk.Append(kPath, line);
    reading.Read();
  }
  reading.Told();
  reading.disk.Truncate(kPath, 14);
  EXPECT_THAT(reading.Read(), IsEmpty())
      << "magic2 was the last to pause there";
  reading.disk.Append(kPath, "magic\n");
  EXPECT_THAT(reading.Read(), ElementsAre("3@14: magic"));
}

TEST(AppendReaderTruncation, AFileCutBackElsewhereIsReadAgain) {
  Reading reading;
  reading.disk.Append(kPath, "magic 1\nmagic 2\n");
  EXPECT_EQ(reading.Read().size(), 2u);
  reading.disk.Truncate(kPath, 8);
  EXPECT_THAT(reading.Read(), ElementsAre("truncated", "1@0: magic 1"))
      << "a line ends there, but nothing proves what stands before it";
}

TEST(AppendReaderTruncation, AFileCutBackToAPauseAndChangedIsReadAgain) {
  Reading reading;
  reading.disk.Append(kPath, "magic 1\n");
  reading.Read();
  reading.disk.Append(kPath, "magic 2\n");
  reading.Read();
  reading.disk.Write(kPath, "magic 3\n");
  EXPECT_THAT(reading.Read(), ElementsAre("truncated", "1@0: magic 3"));
}

TEST(AppendReaderTruncation, APauseIsProvenByBothEndsInTheTurnThatFindsTheCut) {
  const std::string paused =
      absl::StrCat("magic 1\n", std::string(2000, 'x'), "\n");
  for (const size_t changed : {size_t{0}, paused.size() - 100}) {
    Reading reading;
    reading.disk.Append(kPath, paused);
    reading.Read();
    reading.disk.Append(kPath, "magic 2\n");
    reading.Read();
    std::string rest = paused;
    rest[changed] = '#';
    reading.disk.Write(kPath, rest);
    EXPECT_EQ(*reading.Turn(), TurnEnd::kMore);
    EXPECT_THAT(reading.Told(), ElementsAre("truncated")) << changed;
    EXPECT_EQ(reading.position.scan, ScanState()) << changed;
  }
}

TEST(AppendReaderTruncation, PausesInFormerContentAreForgotten) {
  Reading reading;
  reading.disk.Append(kPath, "magic 1\n");
  reading.Read();
  reading.disk.Write(kPath, "magic 2\nmagic 3\n");
  EXPECT_THAT(reading.Read(),
              ElementsAre("truncated", "1@0: magic 2", "2@8: magic 3"));
  reading.disk.Write(kPath, "magic 1\n");
  EXPECT_THAT(reading.Read(), ElementsAre("truncated", "1@0: magic 1"));
}

TEST(AppendReaderTruncation, AFileCutBackIntoAHoleIsReadAgain) {
  Reading reading;
  reading.disk.Append(kPath, absl::StrCat("magic\n", Nuls(10)));
  EXPECT_EQ(reading.Read().size(), 1u);
  reading.disk.Append(kPath, "more\n");
  reading.Read();
  reading.disk.Truncate(kPath, 16);
  EXPECT_THAT(reading.Read(), ElementsAre("truncated", "1@0: magic"))
      << "it does not end at a line end";
}

TEST(AppendReaderTruncation, AnErrorAtAnyCallDecidesNothing) {
  bool failed = true;
  for (int failing = 0; failed; ++failing) {
    Reading reading;
    for (const char* line : {"magic 1\n", "magic 2\n"}) {
      reading.disk.Append(kPath, absl::StrCat(std::string(400, '-'), line));
      reading.Read();
    }
    const ScanState before = reading.position.scan;
    reading.disk.Truncate(kPath, 408);
    int calls = 0;
    reading.policy = [&](const FileCall&) {
      return calls++ == failing ? Fails() : Fault();
    };
    failed = !reading.Turn().ok();
    if (failed) {
      EXPECT_EQ(reading.position.scan, before) << failing;
    }
    reading.policy = nullptr;
    EXPECT_THAT(reading.Read(), IsEmpty()) << failing;
    EXPECT_EQ(reading.position.scan.offset_bytes, 408);
    EXPECT_TRUE(failed || failing >= 6) << "size, head, size, head, tail";
  }
}

TEST(AppendReaderTruncation, AFileRewrittenBetweenTwoReadsIsNotBelieved) {
  Reading reading;
  reading.disk.Append(kPath, absl::StrCat(std::string(2000, '-'), "\n"));
  reading.Read();
  reading.policy = [&reading](const FileCall& call) {
    // After the head was looked at and found as it was.
    if (call.kind == FileCall::kRead && call.offset > 0) {
      reading.policy = nullptr;
      reading.disk.Write(kPath, absl::StrCat(std::string(2001, '+'), "magic"));
    }
    return Fault();
  };
  EXPECT_THAT(
      reading.Read(),
      ElementsAre("truncated",
                  absl::StrCat("1@0: ", std::string(2001, '+'), "magic")));
}

TEST(AppendReaderTruncation, AFileRewrittenWithinAShortReadIsNotBelieved) {
  Reading reading;
  reading.disk.Append(kPath, "a line\n");
  reading.Read();
  reading.disk.Append(kPath, "old\n");
  // The first read of what is new brings what is known only; then the rest is
  // another file's.
  int reads = 0;
  reading.policy = [&](const FileCall& call) {
    Fault fault;
    if (call.kind != FileCall::kRead) return fault;
    ++reads;
    if (reads == 2 || reads == 3) fault.max_read_bytes = 7;
    if (reads == 4) reading.disk.Write(kPath, "another line with magic\n");
    return fault;
  };
  EXPECT_EQ(reading.Turn().status().code(), absl::StatusCode::kAborted);
  EXPECT_THAT(reading.Told(), IsEmpty());
  EXPECT_THAT(reading.Read(),
              ElementsAre("truncated", "1@0: another line with magic"));
}

// --- from the end ----------------------------------------------------------

TEST(AppendReaderSkip, WhatStandsThereIsCountedAndNotReported) {
  for (const int64_t read_bytes : {1, 3, 1000}) {
    Reading reading(Options(4096, 1 << 20, read_bytes));
    reading.disk.Append(kPath, "magic\nmagic\nmag");
    reading.position.skip_until_bytes = 15;
    reading.disk.Append(kPath, "ic\nmagic\n");
    EXPECT_THAT(reading.Read(), ElementsAre("3@12: magic", "4@18: magic"));
    EXPECT_EQ(reading.totals().lines, 4);
    EXPECT_EQ(reading.totals().bytes, 24);
  }
}

TEST(AppendReaderSkip, AFileThatIsCutIsNotSkippedAgain) {
  Reading reading;
  reading.disk.Append(kPath, "magic\nmagic\n");
  reading.position.skip_until_bytes = 12;
  EXPECT_THAT(reading.Read(), IsEmpty());
  reading.disk.Write(kPath, "magic\n");
  EXPECT_THAT(reading.Read(), ElementsAre("truncated", "1@0: magic"));
}

TEST(AppendReaderSkip, WhatIsNewAfterAFileWasCutBackIsReported) {
  Reading reading(Options(4096, 1, 6));
  reading.disk.Append(kPath, "line1\nline2\nline3\n");
  reading.position.skip_until_bytes = 18;
  EXPECT_EQ(*reading.Turn(), TurnEnd::kMore);
  EXPECT_EQ(*reading.Turn(), TurnEnd::kMore);
  ASSERT_EQ(reading.position.scan.offset_bytes, 12);
  reading.disk.Truncate(kPath, 6);
  EXPECT_EQ(*reading.Turn(), TurnEnd::kMore);
  EXPECT_EQ(reading.position.scan.offset_bytes, 6);
  reading.disk.Append(kPath, "magic\n");
  EXPECT_THAT(reading.Read(), ElementsAre("2@6: magic"));
}

// --- the unfinished line ---------------------------------------------------

TEST(AppendReaderFinish, JudgesTheUnfinishedLine) {
  Reading reading({}, {"magic$"}, MagicSyntax::kRegex);
  reading.disk.Append(kPath, "magic\nno\nsome magic");
  EXPECT_THAT(reading.Read(), ElementsAre("1@0: magic"));
  EXPECT_TRUE(reading.FinishLine().ok());
  EXPECT_THAT(reading.Told(), ElementsAre("3@9: some magic"));
  EXPECT_TRUE(reading.FinishLine().ok());
  EXPECT_THAT(reading.Told(), IsEmpty());
}

TEST(AppendReaderFinish, ReadsNothingWhereNothingIsLeftToJudge) {
  Reading reading;
  reading.disk.Append(kPath, "a\nb");
  reading.Read();
  reading.policy = [](const FileCall&) { return Fails(); };
  EXPECT_TRUE(reading.FinishLine().ok());
}

TEST(AppendReaderFinish, TellsAnErrorAndMayBeRepeated) {
  Reading reading({}, {"magic"}, MagicSyntax::kRegex);
  reading.disk.Append(kPath, "magic");
  reading.Read();
  reading.policy = [](const FileCall&) { return Fails(); };
  EXPECT_EQ(reading.FinishLine().code(), absl::StatusCode::kUnavailable);
  reading.policy = nullptr;
  EXPECT_TRUE(reading.FinishLine().ok());
  EXPECT_THAT(reading.Told(), ElementsAre("1@0: magic"));
}

TEST(AppendReaderFinish, JudgesNothingThatWasCutMeanwhile) {
  Reading reading({}, {"mag"}, MagicSyntax::kRegex);
  reading.disk.Append(kPath, "magic");
  reading.Read();
  reading.disk.Truncate(kPath, 3);
  EXPECT_TRUE(reading.FinishLine().ok());
  EXPECT_THAT(reading.Told(), IsEmpty());
}

}  // namespace
}  // namespace dirwatcher
