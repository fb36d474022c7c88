// AppendScanner against the naive MatchOracle: any bytes, any magics, cut in
// any way, taken up again after any cut.

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "dirwatch/append_scanner.h"
#include "dirwatch/line_matcher.h"
#include "dirwatch/match_oracle.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

// A file, how it is cut and what is looked for in it.
struct Scene {
  std::vector<std::string> magics;
  LineMatcherOptions options;
  std::string file;
  std::vector<FilePiece> pieces;
  FileEnd end = FileEnd::kOpen;
};

std::ostream& operator<<(std::ostream& os, const Scene& scene) {
  os << (scene.options.syntax == MagicSyntax::kRegex ? "expressions"
                                                     : "literals");
  for (const std::string& magic : scene.magics) {
    os << " \"" << absl::CHexEscape(magic) << "\"";
  }
  if (scene.options.case_rule == CaseRule::kIgnoreAscii) os << " (any case)";
  os << " in \"" << absl::CHexEscape(scene.file) << "\":";
  for (const FilePiece& piece : scene.pieces) os << " " << piece;
  return os << (scene.end == FileEnd::kFinal ? " final" : " open");
}

// Any of [min, max), whatever the size that is asked for.
template <typename T>
rc::Gen<T> Between(T min, T max) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(min, max));
}

// Few bytes, so that much of what is special happens by chance.
rc::Gen<char> AnyByte() {
  return rc::gen::element('a', 'b', 'A', '\r', '\n', '\0');
}

rc::Gen<std::vector<std::string>> AnyLiterals() {
  const rc::Gen<std::string> literal = rc::gen::map(
      rc::gen::pair(
          rc::gen::element('a', 'b', 'A', '\r'),
          rc::gen::resize(3, rc::gen::container<std::string>(
                                 rc::gen::element('a', 'b', 'A', '\r', '\0')))),
      [](const std::pair<char, std::string>& parts) {
        return parts.first + parts.second;
      });
  return rc::gen::nonEmpty(rc::gen::resize(
      3, rc::gen::container<std::vector<std::string>>(literal)));
}

rc::Gen<std::vector<std::string>> AnyExpressions() {
  return rc::gen::nonEmpty(rc::gen::resize(
      3, rc::gen::container<std::vector<std::string>>(
             rc::gen::element<std::string>("a", "^a", "b$", "a.b", "^$", "b*",
                                           "A+b?$", "\\r", "\\x00", "^[^b]*$",
                                           "a|bb", "\\Bb", "[[:cntrl:]]"))));
}

// Bytes in which pieces of the magics stand more often than by chance.
rc::Gen<std::string> AnyFile(const std::vector<std::string>& magics) {
  const rc::Gen<std::string> byte =
      rc::gen::map(AnyByte(), [](char c) { return std::string(1, c); });
  const rc::Gen<std::string> part_of_magic = rc::gen::apply(
      [](const std::string& magic, size_t size) {
        return magic.substr(0, 1 + size % magic.size());
      },
      rc::gen::elementOf(magics), rc::gen::arbitrary<size_t>());
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(
                          rc::gen::oneOf(byte, byte, part_of_magic)),
                      [](const std::vector<std::string>& parts) {
                        std::string file;
                        for (const std::string& part : parts) file += part;
                        return file;
                      });
}

// Pieces of a file of this size that are up to 29 bytes long.
rc::Gen<std::vector<FilePiece>> AnyPieces(int64_t size_bytes,
                                          rc::Gen<PieceUse> use) {
  using Part = std::pair<int64_t, PieceUse>;
  return rc::gen::map(rc::gen::container<std::vector<Part>>(rc::gen::pair(
                          Between<int64_t>(0, 30), std::move(use))),
                      [size_bytes](const std::vector<Part>& parts) {
                        std::vector<FilePiece> pieces;
                        int64_t end = 0;
                        for (const auto& [length, piece_use] : parts) {
                          end = std::min(end + length, size_bytes);
                          pieces.push_back({end, piece_use});
                        }
                        pieces.push_back({size_bytes, PieceUse::kScanApart});
                        return pieces;
                      });
}

rc::Gen<PieceUse> OnlyScanned() {
  return rc::gen::element(PieceUse::kScan, PieceUse::kScanApart);
}
rc::Gen<PieceUse> SomeSkipped() {
  return rc::gen::element(PieceUse::kScan, PieceUse::kScanApart,
                          PieceUse::kSkip);
}

rc::Gen<Scene> AnyScene(MagicSyntax syntax, const rc::Gen<PieceUse>& use) {
  return rc::gen::exec([syntax, use] {
    Scene scene;
    scene.options.syntax = syntax;
    scene.options.case_rule =
        *rc::gen::element(CaseRule::kExact, CaseRule::kIgnoreAscii);
    const bool literals = syntax == MagicSyntax::kLiteral;
    scene.magics = *(literals ? AnyLiterals() : AnyExpressions());
    scene.file = *AnyFile(literals ? scene.magics
                                   : std::vector<std::string>{"a\r\n", "\n\n"});
    scene.pieces = *AnyPieces(static_cast<int64_t>(scene.file.size()), use);
    scene.end = *rc::gen::element(FileEnd::kOpen, FileEnd::kFinal);
    return scene;
  });
}

LineMatcher MatcherFor(const Scene& scene) {
  auto matcher = LineMatcher::Create(scene.magics, scene.options);
  RC_ASSERT(matcher.ok());
  return *std::move(matcher);
}

// Says how often what is rare happens. Printed with the outcome of the test.
void Classify(const Scene& scene, const std::vector<LineMatch>& matches) {
  bool split = false;
  bool waits = false;
  for (const LineMatch& match : matches) {
    for (const FilePiece& piece : scene.pieces) {
      split |= match.match_begin < piece.end && piece.end < match.match_end;
      waits |= piece.end > 0 && piece.end == match.match_end &&
               scene.file[static_cast<size_t>(piece.end) - 1] == '\r';
    }
  }
  RC_CLASSIFY(split, "a match is cut in two");
  RC_CLASSIFY(waits, "a match ends with a CR before a cut");
  RC_CLASSIFY(scene.file.find(std::string("\n\0", 2)) != std::string::npos,
              "NULs begin a line");
}

void MatchesTheOracle(const Scene& scene) {
  const LineMatcher matcher = MatcherFor(scene);
  const AppendScanner scanner(&matcher);
  const MatchOracle oracle(scene.magics, scene.options);
  const ScanOutcome outcome =
      ScanInPieces(scanner, scene.file, scene.pieces, scene.end);
  const std::vector<LineMatch> expected =
      oracle.Expect(scene.file, scene.pieces, scene.end);
  Classify(scene, expected);
  RC_ASSERT(outcome.matches == expected);

  const auto size = static_cast<int64_t>(scene.file.size());
  RC_ASSERT(outcome.state.offset_bytes == size);
  RC_ASSERT(outcome.state.line ==
            1 + std::count(scene.file.begin(), scene.file.end(), '\n'));
  const std::vector<OracleLine> lines = SplitLines(scene.file);
  const bool in_a_line = !lines.empty() && !lines.back().finished;
  RC_ASSERT(outcome.state.line_start ==
            (in_a_line ? lines.back().begin : size));
  RC_ASSERT(
      scanner.ResumeOffset(outcome.state) >=
      std::max(outcome.state.line_start, size - scanner.max_resume_bytes()));
}

RC_GTEST_PROP(AppendScannerProperty, LiteralsAreFoundAsTheOracleFindsThem, ()) {
  MatchesTheOracle(*AnyScene(MagicSyntax::kLiteral, OnlyScanned()));
}

RC_GTEST_PROP(AppendScannerProperty,
              LiteralsAreFoundAsTheOracleFindsThemBesideSkippedPieces, ()) {
  MatchesTheOracle(*AnyScene(MagicSyntax::kLiteral, SomeSkipped()));
}

RC_GTEST_PROP(AppendScannerProperty, ExpressionsAreJudgedAsTheOracleJudgesThem,
              ()) {
  MatchesTheOracle(*AnyScene(MagicSyntax::kRegex, OnlyScanned()));
}

RC_GTEST_PROP(AppendScannerProperty,
              ExpressionsAreJudgedAsTheOracleJudgesThemBesideSkippedPieces,
              ()) {
  MatchesTheOracle(*AnyScene(MagicSyntax::kRegex, SomeSkipped()));
}

// Which lines are reported does not depend on how the file is cut.
void ReportsTheSameLinesForEveryPieceSize(const Scene& scene) {
  const LineMatcher matcher = MatcherFor(scene);
  const AppendScanner scanner(&matcher);
  const MatchOracle oracle(scene.magics, scene.options);
  const auto size = static_cast<int64_t>(scene.file.size());
  std::vector<int64_t> expected;
  for (const OracleLine& line : SplitLines(scene.file)) {
    if (oracle.FirstIn(line.text).has_value()) expected.push_back(line.number);
  }
  RC_CLASSIFY(expected.size() > 2, "more than two lines");
  for (int64_t piece_size = 1; piece_size <= size + 1; ++piece_size) {
    std::vector<FilePiece> pieces;
    for (int64_t end = piece_size; end < size; end += piece_size) {
      pieces.push_back(
          {end, piece_size % 2 == 0 ? PieceUse::kScanApart : PieceUse::kScan});
    }
    pieces.push_back({size, PieceUse::kScan});
    std::vector<int64_t> lines;
    for (const LineMatch& match :
         ScanInPieces(scanner, scene.file, pieces, FileEnd::kFinal).matches) {
      const OracleLine line =
          SplitLines(scene.file)[static_cast<size_t>(match.line) - 1];
      RC_ASSERT(match.line_start == line.begin);
      RC_ASSERT(oracle.MayBeReported(
          line.text,
          Hit{static_cast<size_t>(match.match_begin - line.begin),
              static_cast<size_t>(match.match_end - line.begin), match.magic}));
      lines.push_back(match.line);
    }
    RC_ASSERT(lines == expected);
  }
}

RC_GTEST_PROP(AppendScannerProperty,
              EveryLineWithALiteralIsReportedOnceForEveryPieceSize, ()) {
  ReportsTheSameLinesForEveryPieceSize(
      *AnyScene(MagicSyntax::kLiteral, OnlyScanned()));
}

RC_GTEST_PROP(AppendScannerProperty,
              EveryLineWithAnExpressionIsReportedOnceForEveryPieceSize, ()) {
  ReportsTheSameLinesForEveryPieceSize(
      *AnyScene(MagicSyntax::kRegex, OnlyScanned()));
}

}  // namespace
}  // namespace dirwatcher
