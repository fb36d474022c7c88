// AppendReader over a file that is appended to, cut, rewritten and hard to
// read, against MatchOracle.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "dirwatch/append_reader.h"
#include "dirwatch/append_scanner.h"
#include "dirwatch/content_fingerprint.h"
#include "dirwatch/line_matcher.h"
#include "dirwatch/match_oracle.h"
#include "dirwatch/match_text.h"
#include "env/fake_file_system.h"
#include "env/faulty_file_system.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

// What a test does next.
struct Step {
  enum Kind {
    kTurn,
    kAppend,
    kChangeByte,  // somewhere; the size stays
    kRewrite,     // with other content
    kCut,         // anywhere
    kCutToPause,  // to where reading paused before
  };

  Kind kind = kTurn;
  std::string bytes;
  uint32_t where = 0;
};

std::ostream& operator<<(std::ostream& os, const Step& step) {
  static const char* const kNames[] = {"turn",    "append", "change byte",
                                       "rewrite", "cut",    "cut to pause"};
  os << kNames[step.kind];
  if (step.kind == Step::kAppend || step.kind == Step::kRewrite) {
    return os << " \"" << absl::CHexEscape(step.bytes) << "\"";
  }
  return step.kind == Step::kTurn ? os : os << " " << step.where;
}

// What happens to a call of the reader.
struct Trouble {
  enum Kind { kNone, kShortRead, kError, kGrowth };

  Kind kind = kNone;
  size_t bytes = 1;  // that are read, or that the file grows by just before
};

std::ostream& operator<<(std::ostream& os, const Trouble& trouble) {
  static const char* const kNames[] = {"none", "short", "error", "growth"};
  return os << kNames[trouble.kind] << " " << trouble.bytes;
}

struct Scene {
  std::vector<std::string> magics;
  LineMatcherOptions matching;
  AppendReaderOptions reading;
  bool from_end = false;  // what stands there at first is skipped
  bool reopens = false;   // the file, for each turn
  bool is_late = false;   // the size is that of the turn before
  std::vector<Step> steps;
  std::vector<Trouble> troubles;  // of one call after the other
};

std::ostream& operator<<(std::ostream& os, const Scene& scene) {
  os << (scene.matching.syntax == MagicSyntax::kRegex ? "expressions"
                                                      : "literals");
  for (const std::string& magic : scene.magics) {
    os << " \"" << absl::CHexEscape(magic) << "\"";
  }
  os << ", text " << scene.reading.max_text_bytes << ", turn "
     << scene.reading.max_bytes_per_turn << ", read "
     << scene.reading.read_bytes << ", threads " << scene.reading.threads
     << (scene.from_end ? ", from the end" : "")
     << (scene.reopens ? ", reopened" : "") << (scene.is_late ? ", late" : "");
  for (const Step& step : scene.steps) os << "\n  " << step;
  os << "\n ";
  for (const Trouble& trouble : scene.troubles) os << " " << trouble << ",";
  return os;
}

// Any of [min, max), whatever the size that is asked for.
template <typename T>
rc::Gen<T> Between(T min, T max) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(min, max));
}

rc::Gen<std::string> AnyBytes() {
  const auto much = [](const char* what, int most) {
    return rc::gen::map(Between(1, most), [what](int count) {
      std::string bytes;
      for (int i = 0; i < count; ++i) bytes += what;
      return bytes;
    });
  };
  const auto nuls = rc::gen::map(Between<size_t>(1, 2000), [](size_t count) {
    return std::string(count, '\0');
  });
  const auto some = rc::gen::element<std::string>(
      "magic", "mag", "ic", "other", "MAGIC", "\n", "\r\n", "\n\n", "\r",
      "\xC3\xA4", "\xF0\x9F\x98\x80", "x", " ");
  const auto part =
      rc::gen::weightedOneOf<std::string>({{12, some},
                                           {1, much("-", 700)},
                                           {1, much("\xC3\xA4", 40)},
                                           {1, nuls},
                                           {1, much("line\n", 90)}});
  return rc::gen::map(
      rc::gen::resize(12, rc::gen::container<std::vector<std::string>>(part)),
      [](const std::vector<std::string>& parts) {
        std::string bytes;
        for (const std::string& p : parts) bytes += p;
        return bytes;
      });
}

rc::Gen<Step> AnyStep(bool only_appends) {
  return rc::gen::exec([only_appends] {
    using Kind = Step::Kind;
    Step step;
    step.kind = only_appends
                    ? *rc::gen::weightedElement<Kind>(
                          {{2, Step::kTurn}, {1, Step::kAppend}})
                    : *rc::gen::weightedElement<Kind>({{12, Step::kTurn},
                                                       {6, Step::kAppend},
                                                       {1, Step::kChangeByte},
                                                       {1, Step::kRewrite},
                                                       {1, Step::kCut},
                                                       {2, Step::kCutToPause}});
    if (step.kind == Step::kAppend || step.kind == Step::kRewrite) {
      step.bytes = *AnyBytes();
    } else if (step.kind != Step::kTurn) {
      step.where = *rc::gen::arbitrary<uint32_t>();
    }
    return step;
  });
}

rc::Gen<Trouble> AnyTrouble(bool may_grow) {
  return rc::gen::exec([may_grow] {
    Trouble trouble;
    trouble.kind = *rc::gen::weightedElement<Trouble::Kind>(
        {{6, Trouble::kNone},
         {3, Trouble::kShortRead},
         {1, Trouble::kError},
         {may_grow ? 1 : 0, Trouble::kGrowth}});
    if (trouble.kind == Trouble::kShortRead ||
        trouble.kind == Trouble::kGrowth) {
      trouble.bytes = *Between<size_t>(1, 300);
    }
    return trouble;
  });
}

rc::Gen<Scene> AnyScene(bool only_appends) {
  return rc::gen::exec([only_appends] {
    Scene scene;
    scene.matching.syntax =
        *rc::gen::element(MagicSyntax::kLiteral, MagicSyntax::kLiteral,
                          MagicSyntax::kLiteral, MagicSyntax::kRegex);
    scene.matching.case_rule =
        *rc::gen::element(CaseRule::kExact, CaseRule::kIgnoreAscii);
    using Magics = std::vector<std::string>;
    scene.magics =
        scene.matching.syntax == MagicSyntax::kLiteral
            ? *rc::gen::element(Magics{"magic"}, Magics{"magic", "other"},
                                Magics{"c\r", "magicmag"},
                                Magics{std::string(400, '-'), "ic"})
            : *rc::gen::element(Magics{"magic"}, Magics{"^$"},
                                Magics{"mag.*$", "^o"});
    scene.reading.max_text_bytes =
        *rc::gen::oneOf(Between<int64_t>(1, 40), rc::gen::just<int64_t>(4096));
    scene.reading.read_bytes =
        *rc::gen::oneOf(Between<int64_t>(1, 64), Between<int64_t>(64, 5000));
    scene.reading.max_bytes_per_turn =
        only_appends ? *Between<int64_t>(1, 3000) : 1;
    scene.from_end = *rc::gen::arbitrary<bool>();
    scene.reopens = *rc::gen::arbitrary<bool>();
    scene.is_late = *rc::gen::arbitrary<bool>();
    scene.steps = *rc::gen::resize(
        40, rc::gen::container<std::vector<Step>>(AnyStep(only_appends)));
    scene.steps.insert(scene.steps.begin(), {Step::kAppend, *AnyBytes()});
    scene.troubles =
        *rc::gen::oneOf(rc::gen::just(std::vector<Trouble>()),
                        rc::gen::container<std::vector<Trouble>>(
                            AnyTrouble(/*may_grow=*/only_appends)));
    // Whose call fails would be left to chance.
    scene.reading.threads =
        scene.troubles.empty() ? *rc::gen::element<size_t>(1, 3) : 1;
    return scene;
  });
}

// A file, its reader, and what the oracle says of it.
class Reading : private ReadListener {
 public:
  explicit Reading(const Scene& scene)
      : scene_(scene),
        oracle_(scene.magics, scene.matching),
        matcher_(*LineMatcher::Create(scene.magics, scene.matching)),
        scanner_(&matcher_),
        reader_(&scanner_, scene.reading) {
    disk_.Write(kPath, "");
    Open();
  }

  void Run() {
    for (size_t i = 0; i < scene_.steps.size(); ++i) {
      Do(scene_.steps[i]);
      if (i == 0 && scene_.from_end) {
        skip_until_ = Size();
        position_.skip_until_bytes = skip_until_;
      }
    }
    quiet_ = true;
    while (!Turn()) {
    }
    const absl::Status finished =
        reader_.FinishLine(file_.get(), &position_, this);
    RC_ASSERT(finished.ok());
    JudgeReports(FileEnd::kFinal);
    RC_ASSERT(belief_.size() == static_cast<size_t>(Size()));
    RC_CLASSIFY(saw_error_, "an error");
    RC_CLASSIFY(saw_cut_text_, "a text is cut");
    RC_CLASSIFY(saw_truncation_, "truncated");
    RC_CLASSIFY(saw_cut_back_, "cut back to a pause");
  }

 private:
  static constexpr char kPath[] = "/f.log";

  void Open() { file_ = *(*fs_.OpenDirectory("/"))->OpenFile("f.log"); }

  int64_t Size() const {
    return static_cast<int64_t>(disk_.ReadAll(kPath).size());
  }

  void Do(const Step& step) {
    const std::string content = disk_.ReadAll(kPath);
    switch (step.kind) {
      case Step::kTurn:
        Turn();
        break;
      case Step::kAppend:
        disk_.Append(kPath, step.bytes);
        break;
      case Step::kChangeByte:
        if (content.empty()) break;
        disk_.WriteAt(kPath, step.where % content.size(), "#");
        break;
      case Step::kRewrite:
        disk_.Write(kPath, step.bytes);
        break;
      case Step::kCut:
        disk_.Truncate(kPath, step.where % (content.size() + 1));
        break;
      case Step::kCutToPause:
        if (pauses_.empty()) break;
        disk_.Truncate(kPath,
                       std::min<int64_t>(pauses_[step.where % pauses_.size()],
                                         content.size()));
        break;
    }
  }

  // One turn. Returns whether the end of the file was seen.
  bool Turn() {
    const FilePosition before = position_;
    const bool was_changed = !StillBegins(belief_);
    if (!was_changed && !absl::StartsWith(disk_.ReadAll(kPath), belief_)) {
      RC_DISCARD("changed where nobody looks");
    }
    truncations_ = 0;
    const size_t reported_before = reports_.size();
    if (scene_.reopens) Open();
    const int64_t size = Size();
    const int64_t found = scene_.is_late ? found_bytes_ : size;
    found_bytes_ = size;
    const absl::StatusOr<AppendReader::TurnEnd> end =
        reader_.ReadTurn(file_.get(), found, &position_, &checkpoints_, this);
    RC_ASSERT(position_.fingerprint.size() == position_.scan.offset_bytes);
    if (!end.ok()) {
      saw_error_ = true;
      RC_ASSERT(had_trouble_);
    }
    if (was_changed) {
      RC_ASSERT(reports_.size() == reported_before);
      if (!end.ok()) {
        RC_ASSERT(truncations_ == 0);
        RC_ASSERT(position_.scan == before.scan);
      } else {
        RC_ASSERT(*end == AppendReader::TurnEnd::kMore);
        StartOver();
      }
      return false;
    }
    RC_ASSERT(truncations_ == 0);
    NoteProgress(before);
    return found == size && end.ok() &&
           *end == AppendReader::TurnEnd::kCaughtUp;
  }

  // Whether the file begins with what was read, as far as a fingerprint tells.
  bool StillBegins(absl::string_view read) const {
    const std::string content = disk_.ReadAll(kPath);
    if (content.size() < read.size()) return false;
    const absl::string_view there =
        absl::string_view(content).substr(0, read.size());
    const auto head = static_cast<size_t>(ContentFingerprint::kHeadBytes);
    const size_t tail_begin =
        read.size() -
        std::min<size_t>(read.size(), ContentFingerprint::kTailBytes);
    return there.substr(0, head) == read.substr(0, head) &&
           there.substr(tail_begin) == read.substr(tail_begin);
  }

  // The reader has seen that the file was cut or rewritten.
  void StartOver() {
    JudgeReports(FileEnd::kOpen);
    const int64_t size = Size();
    const bool is_pause = std::count(pauses_.begin(), pauses_.end(), size) > 0;
    if (is_pause && size < static_cast<int64_t>(belief_.size()) &&
        StillBegins(belief_.substr(0, static_cast<size_t>(size)))) {
      saw_cut_back_ = true;
      RC_ASSERT(truncations_ == 0);
      RC_ASSERT(position_.scan.offset_bytes == size);
      belief_.resize(static_cast<size_t>(size));
      pauses_.erase(std::upper_bound(pauses_.begin(), pauses_.end(), size),
                    pauses_.end());
      // What stands before is not reported again, so it is as if skipped.
      pieces_ = {{size, PieceUse::kSkip}};
    } else {
      saw_truncation_ = true;
      RC_ASSERT(truncations_ == 1);
      RC_ASSERT(position_.scan == ScanState());
      belief_.clear();
      pauses_.clear();
      pieces_.clear();
    }
    skip_until_ = 0;
    reports_.clear();
  }

  // The reader has gone on from `before`.
  void NoteProgress(const FilePosition& before) {
    const int64_t from = before.scan.offset_bytes;
    const int64_t to = position_.scan.offset_bytes;
    RC_ASSERT(to >= from);
    belief_ += disk_.ReadAll(kPath).substr(static_cast<size_t>(from),
                                           static_cast<size_t>(to - from));
    pieces_.push_back(
        {to, from < skip_until_ ? PieceUse::kSkip : PieceUse::kScan});
    if (to == from || belief_.back() != '\n') return;
    pauses_.push_back(to);
    if (pauses_.size() > Checkpoints::kKept) pauses_.erase(pauses_.begin());
  }

  // The reports since the file began or was last cut, against the oracle.
  void JudgeReports(FileEnd end) {
    if (scene_.reading.max_bytes_per_turn == 1) {
      // A turn is one piece, so it is known exactly what it has to report.
      RC_ASSERT(reports_ == oracle_.Expect(belief_, pieces_, end));
    } else if (end == FileEnd::kFinal) {
      const std::vector<OracleLine> lines = SplitLines(belief_);
      const std::vector<FilePiece> skipped_and_scanned = {
          {skip_until_, PieceUse::kSkip},
          {static_cast<int64_t>(belief_.size()), PieceUse::kScan}};
      std::vector<int64_t> expected;
      for (const LineMatch& match :
           oracle_.Expect(belief_, skipped_and_scanned, end)) {
        expected.push_back(match.line);
      }
      std::vector<int64_t> reported;
      for (const LineMatch& match : reports_) {
        const OracleLine& line = lines[static_cast<size_t>(match.line) - 1];
        RC_ASSERT(line.begin == match.line_start);
        reported.push_back(match.line);
      }
      RC_ASSERT(reported == expected);
      RC_ASSERT(reader_.totals().bytes == Size());
      RC_ASSERT(reader_.totals().lines ==
                std::count(belief_.begin(), belief_.end(), '\n'));
    }
  }

  void OnMatch(const LineMatch& match, absl::string_view text,
               bool cut) override {
    reports_.push_back(match);
    const std::string content = disk_.ReadAll(kPath);
    // Bytes that were changed unseen may be shown instead of those that
    // matched.
    if (!absl::StartsWith(content, belief_)) return;
    const auto between = [&content](int64_t begin, int64_t end) {
      return absl::string_view(content).substr(
          static_cast<size_t>(begin), static_cast<size_t>(end - begin));
    };
    const absl::string_view line = between(match.line_start, match.known_end);
    RC_ASSERT(static_cast<int64_t>(text.size()) <=
              scene_.reading.max_text_bytes);
    if (scene_.troubles.empty() &&
        scene_.reading.read_bytes >= scene_.reading.max_text_bytes + 2) {
      RC_ASSERT(!cut || !FitsInWhole(content, match));
      RC_ASSERT(!FitsInWhole(content, match) || IsWhole(content, match));
    }
    if (!cut) {
      RC_ASSERT(text == line);
      return;
    }
    saw_cut_text_ = true;
    if (scene_.troubles.empty()) {
      const ByteRange window = TextWindow(match, scene_.reading.max_text_bytes);
      const bool before = window.begin > match.line_start;
      const bool after = window.end < match.known_end;
      RC_ASSERT(before || after);
      const CutSides sides = before && after ? CutSides::kBoth
                             : before        ? CutSides::kBefore
                                             : CutSides::kAfter;
      RC_ASSERT(text ==
                TrimCutCharacters(between(window.begin, window.end), sides));
    } else {
      RC_ASSERT(absl::StrContains(line, text));
    }
  }

  // Whether all of the matched line is there and may be shown.
  bool FitsInWhole(absl::string_view content, const LineMatch& match) const {
    const size_t newline =
        content.find('\n', static_cast<size_t>(match.line_start));
    return newline != absl::string_view::npos &&
           static_cast<int64_t>(newline) - match.line_start <=
               scene_.reading.max_text_bytes;
  }

  // Whether all of the matched line is shown.
  static bool IsWhole(absl::string_view content, const LineMatch& match) {
    const absl::string_view rest =
        content.substr(static_cast<size_t>(match.known_end));
    return absl::StartsWith(rest, "\n") || absl::StartsWith(rest, "\r\n");
  }

  void OnTruncated() override { ++truncations_; }

  Fault Next(const FileCall& call) {
    Fault fault;
    if (quiet_ || scene_.troubles.empty()) return fault;
    if (call.kind != FileCall::kRead && call.kind != FileCall::kFileStat) {
      return fault;
    }
    const Trouble& trouble =
        scene_.troubles[next_trouble_++ % scene_.troubles.size()];
    switch (trouble.kind) {
      case Trouble::kNone:
        break;
      case Trouble::kShortRead:
        fault.max_read_bytes = trouble.bytes;
        break;
      case Trouble::kError:
        had_trouble_ = true;
        fault.error = absl::UnavailableError("injected");
        break;
      case Trouble::kGrowth:
        disk_.Append(kPath, std::string(trouble.bytes, '+'));
        break;
    }
    return fault;
  }

  const Scene scene_;
  FakeFileSystem disk_;
  FaultyFileSystem fs_{&disk_,
                       [this](const FileCall& call) { return Next(call); }};
  std::unique_ptr<ReadableFile> file_;
  const MatchOracle oracle_;
  const LineMatcher matcher_;
  const AppendScanner scanner_;
  AppendReader reader_;
  FilePosition position_;
  Checkpoints checkpoints_;
  int64_t found_bytes_ = 0;  // the size when the last turn began

  std::string belief_;              // what was read, as it was then
  std::vector<FilePiece> pieces_;   // in which it was
  std::vector<int64_t> pauses_;     // line ends at which a turn ended
  std::vector<LineMatch> reports_;  // since the file began or was last cut
  int64_t skip_until_ = 0;
  int truncations_ = 0;  // in this turn
  bool quiet_ = false;
  bool had_trouble_ = false;  // an error was injected
  bool saw_error_ = false;
  bool saw_cut_text_ = false;
  bool saw_truncation_ = false;
  bool saw_cut_back_ = false;
  size_t next_trouble_ = 0;
};

constexpr char Reading::kPath[];

RC_GTEST_PROP(AppendReaderProperty,
              EveryLineIsReportedOnceHoweverTheFileGrowsAndReadsFail, ()) {
  Reading(*AnyScene(/*only_appends=*/true)).Run();
}

RC_GTEST_PROP(AppendReaderProperty, FollowsTheRulesWhenTheFileIsCutOrRewritten,
              ()) {
  Reading(*AnyScene(/*only_appends=*/false)).Run();
}

}  // namespace
}  // namespace dirwatcher
