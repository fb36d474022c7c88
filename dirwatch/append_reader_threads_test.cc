// AppendReader on several threads: that they make no difference, whatever the
// file is made of and whatever happens to it meanwhile.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "dirwatch/append_reader.h"
#include "dirwatch/append_scanner.h"
#include "dirwatch/checkpoints.h"
#include "dirwatch/content_fingerprint.h"
#include "dirwatch/line_matcher.h"
#include "dirwatch/match_oracle.h"
#include "env/fake_file_system.h"
#include "env/faulty_file_system.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::IsEmpty;
using TurnEnd = AppendReader::TurnEnd;

constexpr char kPath[] = "/f.log";
constexpr int64_t kKibibyte = 1024;

struct Search {
  std::vector<std::string> magics = {"magic"};
  MagicSyntax syntax = MagicSyntax::kLiteral;
};

AppendReaderOptions Options(size_t threads, int64_t read_bytes) {
  AppendReaderOptions options;
  options.threads = threads;
  options.read_bytes = read_bytes;
  return options;
}

// What was told of a line.
struct Told {
  LineMatch match;
  std::string text;
  bool cut = false;
};

// A file with a reader of its own. `policy` is asked by one thread at a time.
class Reading : private ReadListener {
 public:
  explicit Reading(const AppendReaderOptions& options,
                   const Search& search = {})
      : options_(options),
        search_(search),
        matcher_(*LineMatcher::Create(search.magics,
                                      {search.syntax, CaseRule::kExact})),
        scanner_(&matcher_),
        reader_(&scanner_, options) {
    disk.Write(kPath, "");
    file_ = *(*fs_.OpenDirectory("/"))->OpenFile("f.log");
  }

  absl::StatusOr<TurnEnd> Turn() {
    const absl::StatusOr<FileStat> stat = file_->Stat();
    if (!stat.ok()) return stat.status();
    return reader_.ReadTurn(file_.get(), stat->size_bytes, &position,
                            &checkpoints, this);
  }

  // Turns until the end of the file is seen.
  void ReadToEnd() {
    for (int turns = 0; turns < 100000; ++turns) {
      const int before = truncations;
      const absl::StatusOr<TurnEnd> end = Turn();
      if (truncations > before) {
        // What is new is left to the next turn.
        EXPECT_EQ(truncations, before + 1);
        EXPECT_EQ(*end, TurnEnd::kMore);
        EXPECT_EQ(position.scan, ScanState());
        EXPECT_THAT(told, IsEmpty());
      }
      if (!end.ok()) ++errors;
      if (end.ok() && *end == TurnEnd::kCaughtUp) return;
    }
    ADD_FAILURE() << "the end was never seen";
  }

  // Whether it is a read of a piece before its turn: it begins with more of
  // what is before it than others need if lines are short.
  bool IsAhead(const FileCall& call) const {
    return call.kind == FileCall::kRead && call.offset > 0 &&
           call.size_bytes > static_cast<size_t>(options_.read_bytes) + 600;
  }

  // That this was told, each line once, and nothing else; and that what is
  // remembered of the file is right: it has this content.
  void ExpectRead(absl::string_view content) {
    ExpectTold(content, told);
    EXPECT_EQ(truncations, 0);
    EXPECT_EQ(errors, 0);
    const auto size = static_cast<int64_t>(content.size());
    EXPECT_EQ(position.scan.offset_bytes, size);
    EXPECT_EQ(reader_.totals().bytes, size);
    const int64_t lines = std::count(content.begin(), content.end(), '\n');
    EXPECT_EQ(position.scan.line, 1 + lines);
    EXPECT_EQ(reader_.totals().lines, lines);
    ExpectFingerprint(position.fingerprint, content);
    ExpectCheckpoints(content);
  }

  // That `these` are the lines of `content` with a magic.
  void ExpectTold(absl::string_view content,
                  const std::vector<Told>& these) const {
    const MatchOracle oracle(search_.magics,
                             {search_.syntax, CaseRule::kExact});
    size_t next = 0;
    for (const OracleLine& line : SplitLines(content)) {
      const absl::optional<Hit> hit = oracle.FirstIn(line.text);
      if (!hit.has_value()) continue;
      ASSERT_LT(next, these.size()) << "line " << line.number;
      const Told& each = these[next++];
      ASSERT_EQ(each.match.line, line.number);
      ASSERT_EQ(each.match.line_start, line.begin);
      const auto begin = static_cast<int64_t>(hit->begin);
      ASSERT_EQ(each.match.match_begin, line.begin + begin);
      ASSERT_EQ(each.match.match_end,
                line.begin + static_cast<int64_t>(hit->end));
      ASSERT_EQ(each.match.magic, hit->magic);
      ASSERT_FALSE(each.match.judged_in_part);
      const auto limit = static_cast<size_t>(options_.max_text_bytes);
      if (sees_parts_of_lines) {
        ASSERT_TRUE(absl::StartsWith(line.text, each.text));
        ASSERT_FALSE(each.cut);
      } else if (line.text.size() <= limit) {
        ASSERT_EQ(each.text, line.text);
        ASSERT_FALSE(each.cut);
      } else {
        ASSERT_EQ(each.text.size(), limit);
        ASSERT_TRUE(absl::StrContains(line.text, each.text));
        ASSERT_TRUE(absl::StrContains(
            each.text, line.text.substr(hit->begin, hit->end - hit->begin)));
        ASSERT_TRUE(each.cut);
      }
    }
    ASSERT_EQ(next, these.size());
  }

  FakeFileSystem disk;
  std::function<Fault(const FileCall&)> policy;
  FilePosition position;
  bool sees_parts_of_lines = false;  // and tells of them
  void FreeBuffers() { reader_.FreeBuffers(); }

  Checkpoints checkpoints;
  std::vector<Told> told;         // since the file began or was cut last
  std::vector<Told> told_before;  // it was cut last
  int truncations = 0;
  int errors = 0;

 private:
  static void ExpectFingerprint(const ContentFingerprint& fingerprint,
                                absl::string_view content) {
    ContentFingerprint expected;
    expected.Append(content, content);
    EXPECT_EQ(fingerprint.size(), expected.size());
    EXPECT_EQ(fingerprint.head_hash(), expected.head_hash());
    EXPECT_EQ(fingerprint.tail_hash(), expected.tail_hash());
  }

  // All stand at line ends and say what stands before them.
  void ExpectCheckpoints(absl::string_view content) const {
    int64_t line = 1;
    for (size_t at = 1; at <= content.size(); ++at) {
      if (content[at - 1] == '\n') ++line;
      const Checkpoint* checkpoint = checkpoints.At(static_cast<int64_t>(at));
      if (checkpoint == nullptr) continue;
      EXPECT_EQ(content[at - 1], '\n') << at;
      EXPECT_EQ(checkpoint->line, line) << at;
      ExpectFingerprint(checkpoint->fingerprint, content.substr(0, at));
    }
  }

  void OnMatch(const LineMatch& match, absl::string_view text,
               bool cut) override {
    told.push_back({match, std::string(text), cut});
  }
  void OnTruncated() override {
    ++truncations;
    told_before = std::exchange(told, {});
  }

  Fault Ask(const FileCall& call) {
    const std::lock_guard<std::mutex> lock(mutex_);
    EXPECT_GE(call.offset, 0);
    return policy ? policy(call) : Fault();
  }

  const AppendReaderOptions options_;
  const Search search_;
  std::mutex mutex_;
  FaultyFileSystem fs_{&disk,
                       [this](const FileCall& call) { return Ask(call); }};
  std::unique_ptr<ReadableFile> file_;
  const LineMatcher matcher_;
  const AppendScanner scanner_;
  AppendReader reader_;
};

// Has `content` read on several threads and sees that it is told right. Of
// short lines, `pieces` pieces at least must have been read ahead.
void ReadsRight(const std::string& content, int64_t read_bytes,
                const Search& search = {}, int pieces = 0) {
  for (const size_t threads : {2, 3}) {
    Reading reading(Options(threads, read_bytes), search);
    reading.sees_parts_of_lines = read_bytes < 20;
    int ahead = 0;
    reading.policy = [&](const FileCall& call) {
      if (reading.IsAhead(call)) ++ahead;
      return Fault();
    };
    reading.disk.Append(kPath, content);
    reading.ReadToEnd();
    reading.ExpectRead(content);
    EXPECT_GE(ahead, pieces);
    if (testing::Test::HasFailure()) {
      FAIL() << threads << " threads, " << read_bytes << " bytes";
    }
  }
}

std::string Nuls(size_t count) { return std::string(count, '\0'); }

// `count` lines that differ, every third with the word.
std::string Lines(int count, absl::string_view word = "magic",
                  absl::string_view end = "\n") {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(&lines, i, i % 3 == 1 ? absl::StrCat(" ", word) : " no",
                    std::string(static_cast<size_t>(i % 37), '-'), end);
  }
  return lines;
}

Fault Fails() {
  Fault fault;
  fault.error = absl::UnavailableError("EIO");
  return fault;
}

// --- whatever the file is made of ------------------------------------------

TEST(AppendReaderThreads, FindALiteralInEveryLineOnce) {
  ReadsRight(Lines(20000), 16 * kKibibyte, {}, 20);
}

TEST(AppendReaderThreads, FindSeveralLiteralsAndNameTheRightOne) {
  ReadsRight(Lines(20000), 16 * kKibibyte, {{"0 no", "magic", "7 mag"}}, 20);
}

TEST(AppendReaderThreads, FindExpressions) {
  ReadsRight(Lines(20000), 16 * kKibibyte,
             {{"^[0-9]+ magic-*$", "5 no$"}, MagicSyntax::kRegex}, 20);
}

TEST(AppendReaderThreads, FindTheSameWhereverAPieceEnds) {
  const std::string content = Lines(1000, "magic", "\r\n");
  for (int64_t read_bytes = 700; read_bytes < 740; ++read_bytes) {
    ReadsRight(content, read_bytes, {}, 20);
    ReadsRight(content, read_bytes, {{"-$", "magic$"}, MagicSyntax::kRegex},
               20);
    ReadsRight(content, read_bytes, {{"magic-\r", "o\r"}}, 20);
  }
}

TEST(AppendReaderThreads, FindTheSameInPiecesShorterThanALine) {
  const std::string content = Lines(150);
  for (const int64_t read_bytes : {1, 2, 3, 5, 17}) {
    ReadsRight(content, read_bytes);
    ReadsRight(content, read_bytes, {{"magic$"}, MagicSyntax::kRegex});
  }
}

TEST(AppendReaderThreads, PassEmptyLinesAtThePiecesEnds) {
  std::string content;
  for (int i = 0; i < 600; ++i) {
    absl::StrAppend(&content, std::string(static_cast<size_t>(i % 9), '\n'),
                    "magic", std::string(static_cast<size_t>(i % 7), '\n'));
  }
  for (int64_t read_bytes = 100; read_bytes < 130; ++read_bytes) {
    ReadsRight(content, read_bytes);
    ReadsRight(content, read_bytes, {{"^$", "^magic"}, MagicSyntax::kRegex});
  }
}

TEST(AppendReaderThreads, PassHolesAtThePiecesEnds) {
  std::string content;
  for (int i = 0; i < 200; ++i) {
    absl::StrAppend(&content, Nuls(static_cast<size_t>(i * 3 % 50)), "magic ",
                    i, "\n", Nuls(static_cast<size_t>(i % 23)), "no\n");
  }
  // Longer than a piece and what is read again before it.
  absl::StrAppend(&content, Nuls(9000), "magic\n", Nuls(20000), "\nmagic\n");
  absl::StrAppend(&content, Lines(200));
  for (int64_t read_bytes = 200; read_bytes < 240; ++read_bytes) {
    ReadsRight(content, read_bytes);
    ReadsRight(content, read_bytes, {{"^magic", "^$"}, MagicSyntax::kRegex});
  }
}

// A piece that begins with a hole, has whole lines behind it and then a line
// that is so long that its beginning is not looked for.
TEST(AppendReaderThreads, PassAHoleBeforeLinesBeforeALongLine) {
  for (const size_t kibibytes : {100, 256, 512}) {
    const size_t piece = kibibytes * kKibibyte;
    // The first piece ends in the hole, so the next one begins with it.
    std::string content = Lines(static_cast<int>(piece));
    content.resize(content.rfind('\n', piece - 100) + 1);
    absl::StrAppend(&content, Nuls(300), "a magic\nb magic\nc magic\n",
                    std::string(5 * piece, 'x'), "\nmagic\n");
    ReadsRight(content, static_cast<int64_t>(piece));
    ReadsRight(content, static_cast<int64_t>(piece),
               {{"magic$"}, MagicSyntax::kRegex});
  }
}

TEST(AppendReaderThreads, FindLinesThatAreLongerThanWhatIsReadAgain) {
  std::string content;
  for (size_t i = 0; i < 40; ++i) {
    absl::StrAppend(&content, std::string(i * 397 % 9001, 'x'),
                    i % 4 == 0 ? "no" : "magic", i,
                    std::string(i * 7919 % 9001, 'y'), "\n");
  }
  for (const int64_t kibibytes : {5, 30}) {
    ReadsRight(content, kibibytes * kKibibyte);
    ReadsRight(content, kibibytes * kKibibyte,
               {{"magic[0-9]+"}, MagicSyntax::kRegex});
  }
}

TEST(AppendReaderThreads, FindLinesThatAreLongerThanSeveralPieces) {
  std::string content;
  for (size_t i = 1; i < 5; ++i) {
    absl::StrAppend(&content, std::string(i * 50'000, 'x'),
                    i % 3 == 0 ? "no" : "magic", i, std::string(70'000, 'y'),
                    "\nmagic\n");
  }
  for (const int64_t kibibytes : {16, 65}) {
    ReadsRight(content, kibibytes * kKibibyte);
    ReadsRight(content, kibibytes * kKibibyte,
               {{"magic[0-9]?"}, MagicSyntax::kRegex});
  }
}

TEST(AppendReaderThreads, FindWhatStandsInAFileOfOneLine) {
  const std::string content = absl::StrCat(std::string(150'000, 'x'), "magic",
                                           std::string(150'000, 'y'), "magic");
  ReadsRight(content, 16 * kKibibyte);
  Reading reading(Options(3, 16 * kKibibyte), {{"magic"}, MagicSyntax::kRegex});
  reading.disk.Append(kPath, content);
  reading.ReadToEnd();
  EXPECT_THAT(reading.told, IsEmpty()) << "it is not finished";
  EXPECT_EQ(reading.position.scan.offset_bytes, 300'010);
}

TEST(AppendReaderThreads, FindMoreInAPieceThanIsKeptOfIt) {
  std::string content;
  for (int i = 0; i < 100'000; ++i) {
    content += i % 20'000 < 10'000 ? "x\n" : "xyz\nno\n";
  }
  ReadsRight(content, 64 * kKibibyte, {{"x"}}, 4);
  ReadsRight(content, 64 * kKibibyte, {{"^x"}, MagicSyntax::kRegex}, 4);
}

TEST(AppendReaderThreads, CountButDoNotTellWhatIsToBeSkipped) {
  const std::string content = Lines(5000);
  const size_t skipped = content.size() / 2;
  Reading reading(Options(3, 4 * kKibibyte));
  reading.disk.Append(kPath, content);
  reading.position.skip_until_bytes = static_cast<int64_t>(skipped);
  reading.ReadToEnd();
  EXPECT_EQ(reading.position.scan.line, 5001);
  ASSERT_FALSE(reading.told.empty());
  for (const Told& each : reading.told) {
    EXPECT_GT(each.match.match_end, static_cast<int64_t>(skipped));
  }
  const Told& last = reading.told.back();
  EXPECT_EQ(last.match.line, 5000);
  EXPECT_EQ(last.match.line,
            reading.told.front().match.line +
                3 * (static_cast<int64_t>(reading.told.size()) - 1));
}

TEST(AppendReaderThreads, ATurnEndsAfterAboutSoManyBytes) {
  AppendReaderOptions options = Options(3, 4 * kKibibyte);
  options.max_bytes_per_turn = 100 * kKibibyte;
  Reading reading(options);
  reading.disk.Append(kPath, Lines(40'000));
  for (int64_t begin = 0; *reading.Turn() == TurnEnd::kMore;) {
    const int64_t end = reading.position.scan.offset_bytes;
    EXPECT_GE(end - begin, 100 * kKibibyte);
    EXPECT_LE(end - begin, 104 * kKibibyte);
    begin = end;
  }
  reading.ExpectRead(Lines(40'000));
}

// Pieces begin with as much of what is before them as the lines are long.
TEST(AppendReaderThreads, ReadFewPiecesInVainThoughLinesAreLong) {
  std::string content;
  for (int i = 0; i < 150; ++i) {
    absl::StrAppend(&content, std::string(9'000, 'x'), "magic\n");
  }
  Reading reading(Options(2, 32 * kKibibyte),
                  {{"magic$"}, MagicSyntax::kRegex});
  size_t reads = 0;
  reading.policy = [&reads](const FileCall& call) {
    if (call.kind == FileCall::kRead) ++reads;
    return Fault();
  };
  reading.disk.Append(kPath, content);
  reading.ReadToEnd();
  reading.ExpectRead(content);
  const size_t pieces = content.size() / (32 * kKibibyte);
  EXPECT_GE(reads, pieces);
  EXPECT_LE(reads, pieces + pieces / 2) << "of " << pieces << " pieces";
}

TEST(AppendReaderThreads, GoOnAfterTheBuffersWereFreed) {
  const std::string content = Lines(20000);
  Reading reading(Options(3, 4 * kKibibyte));
  for (size_t begin = 0; begin < content.size(); begin += 100'000) {
    reading.disk.Append(kPath, content.substr(begin, 100'000));
    reading.ReadToEnd();
    reading.FreeBuffers();
  }
  reading.ExpectRead(content);
}

// --- whatever happens to it meanwhile ---------------------------------------

TEST(AppendReaderThreads, AnErrorAtAnyCallLosesAndRepeatsNothing) {
  const std::string content = Lines(1500);
  bool was_reached = true;
  for (int failing = 0; was_reached; ++failing) {
    AppendReaderOptions options = Options(3, 2 * kKibibyte);
    options.max_bytes_per_turn = 20 * kKibibyte;
    Reading reading(options);
    int calls = 0;
    was_reached = false;
    reading.policy = [&](const FileCall& call) {
      if (call.kind != FileCall::kRead && call.kind != FileCall::kFileStat) {
        return Fault();
      }
      // Twice, as what fails before its turn is tried again.
      const bool fails = calls == failing || calls == failing + 1;
      ++calls;
      was_reached |= fails;
      return fails ? Fails() : Fault();
    };
    reading.disk.Append(kPath, content);
    reading.ReadToEnd();
    EXPECT_LE(reading.errors, 2);
    reading.errors = 0;
    reading.ExpectRead(content);
    if (HasFailure()) FAIL() << "calls " << failing << " and the next fail";
  }
}

TEST(AppendReaderThreads, WhatCannotBeReadBeforeItsTurnIsReadInItsTurn) {
  const std::string content = Lines(3000);
  for (const bool fails : {true, false}) {
    Reading reading(Options(3, 2 * kKibibyte));
    int ahead = 0;
    reading.policy = [&](const FileCall& call) {
      Fault fault;
      if (!reading.IsAhead(call) || ++ahead % 5 != 3) return fault;
      if (fails) return Fails();
      fault.max_read_bytes = 1 + static_cast<size_t>(ahead) * 97 % 6000;
      return fault;
    };
    reading.disk.Append(kPath, content);
    EXPECT_EQ(*reading.Turn(), TurnEnd::kCaughtUp);
    EXPECT_GE(ahead, 3);
    reading.ExpectRead(content);
  }
}

// Whoever reads it, the place is bad.
TEST(AppendReaderThreads, ABadPlaceIsToldEachTurnAndWhatIsBeforeItIsNotLost) {
  const std::string content = Lines(3000);
  Reading reading(Options(3, 2 * kKibibyte));
  constexpr int64_t kBad = 50'000;
  bool is_bad = true;
  reading.policy = [&is_bad](const FileCall& call) {
    const bool hits =
        call.kind == FileCall::kRead && call.offset <= kBad &&
        kBad < call.offset + static_cast<int64_t>(call.size_bytes);
    return is_bad && hits ? Fails() : Fault();
  };
  reading.disk.Append(kPath, content);
  for (int turn = 0; turn < 3; ++turn) {
    EXPECT_EQ(reading.Turn().status(), absl::UnavailableError("EIO"));
    const int64_t read = reading.position.scan.offset_bytes;
    EXPECT_LE(read, kBad);
    EXPECT_GT(read, kBad - 2 * 2 * kKibibyte);
    reading.ExpectTold(content.substr(0, static_cast<size_t>(read)),
                       reading.told);
  }
  is_bad = false;
  reading.ReadToEnd();
  reading.ExpectRead(content);
}

TEST(AppendReaderThreads, AFileThatGrowsWhileItIsReadIsReadToItsEnd) {
  const std::string content = Lines(3000);
  for (const size_t at_a_time : {1, 700, 5000}) {
    Reading reading(Options(3, 2 * kKibibyte));
    reading.sees_parts_of_lines = true;
    size_t written = 20'000;
    reading.disk.Append(kPath, content.substr(0, written));
    reading.policy = [&](const FileCall& call) {
      if (call.kind != FileCall::kRead || written >= content.size()) {
        return Fault();
      }
      reading.disk.Append(kPath, content.substr(written, at_a_time));
      written += at_a_time;
      return Fault();
    };
    while (written < content.size()) reading.ReadToEnd();
    reading.ReadToEnd();
    reading.ExpectRead(content);
  }
}

// That what was told before the file was found cut are the first lines of
// `content` with a magic.
void ExpectBeginsWith(const std::string& content, const Reading& reading) {
  if (reading.told_before.empty()) return;
  const LineMatch& last = reading.told_before.back().match;
  reading.ExpectTold(
      content.substr(0,
                     content.find('\n', static_cast<size_t>(last.match_end))),
      reading.told_before);
}

TEST(AppendReaderThreads, AFileRewrittenAtAnyReadIsReadAgainAndNothingMixed) {
  const std::string old_content = Lines(1000, "old magic");
  for (const int count : {300, 1000, 1500}) {
    const std::string new_content = Lines(count, "magic!");
    bool was_reached = true;
    for (int at = 0; was_reached; ++at) {
      Reading reading(Options(3, 2 * kKibibyte));
      int reads = 0;
      was_reached = false;
      reading.policy = [&](const FileCall& call) {
        if (call.kind != FileCall::kRead || reads++ != at) return Fault();
        was_reached = true;
        reading.disk.Write(kPath, new_content);
        return Fault();
      };
      reading.disk.Write(kPath, old_content);
      reading.ReadToEnd();
      if (!was_reached) break;
      reading.policy = nullptr;
      reading.ReadToEnd();
      EXPECT_LE(reading.truncations, 1);
      ExpectBeginsWith(old_content, reading);
      reading.ExpectTold(new_content, reading.told);
      if (HasFailure()) FAIL() << count << " lines, at read " << at;
    }
  }
}

TEST(AppendReaderThreads, NothingIsToldOfWhatWasCutAwayBeforeItWasRead) {
  const std::string content = Lines(1000);
  for (const size_t left : {0, 3001, 15'000, 29'000}) {
    bool was_reached = true;
    for (int at = 0; was_reached; ++at) {
      Reading reading(Options(3, 2 * kKibibyte));
      int reads = 0;
      int64_t furthest = 0;  // byte that was read before the cut
      was_reached = false;
      reading.policy = [&](const FileCall& call) {
        if (call.kind != FileCall::kRead) return Fault();
        if (reads++ == at) {
          was_reached = true;
          reading.disk.Truncate(kPath, static_cast<int64_t>(left));
        } else if (!was_reached) {
          furthest = std::max(
              furthest, call.offset + static_cast<int64_t>(call.size_bytes));
        }
        return Fault();
      };
      reading.disk.Append(kPath, content);
      reading.ReadToEnd();
      if (!was_reached) break;
      reading.policy = nullptr;
      reading.ReadToEnd();
      const std::string rest = content.substr(0, left);
      EXPECT_LE(reading.truncations, 1);
      ExpectBeginsWith(content, reading);
      for (const Told& each : reading.told_before) {
        EXPECT_LE(each.match.match_end, furthest);
      }
      reading.ExpectTold(rest, reading.told);
      EXPECT_EQ(reading.position.scan.offset_bytes, static_cast<int64_t>(left));
      if (HasFailure()) FAIL() << left << " bytes left, at read " << at;
    }
  }
}

TEST(AppendReaderThreads, AFileCutBackToAPauseGoesOnThere) {
  const std::string content = Lines(3000);
  Reading reading(Options(3, 2 * kKibibyte));
  reading.disk.Append(kPath, content);
  reading.ReadToEnd();
  int64_t pause = static_cast<int64_t>(content.size()) - 3000;
  while (reading.checkpoints.At(pause) == nullptr) --pause;
  ASSERT_GT(pause, 0);
  reading.disk.Truncate(kPath, pause);
  reading.ReadToEnd();
  EXPECT_EQ(reading.truncations, 0);
  EXPECT_EQ(reading.position.scan.offset_bytes, pause);
  reading.told.clear();
  reading.disk.Append(kPath, "magic\n");
  reading.ReadToEnd();
  ASSERT_EQ(reading.told.size(), 1u);
  const std::string rest = content.substr(0, static_cast<size_t>(pause));
  EXPECT_EQ(reading.told[0].match.line,
            1 + std::count(rest.begin(), rest.end(), '\n'));
}

}  // namespace
}  // namespace dirwatcher
