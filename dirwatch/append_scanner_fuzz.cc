// Any bytes, as magics, as a file and as the cuts through it: AppendScanner
// finds what the naive MatchOracle finds.
//
// An input is read as: options, number of magics, each with its length; number
// of pieces, each with its length and use; the file.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "dirwatch/append_scanner.h"
#include "dirwatch/line_matcher.h"
#include "dirwatch/match_oracle.h"

namespace dirwatcher {
namespace {

// Takes an input apart; when it is used up, zeros follow.
class Input {
 public:
  explicit Input(absl::string_view bytes) : rest_(bytes) {}

  size_t Below(size_t bound) {
    const std::string byte = Take(1);
    return byte.empty() ? 0 : static_cast<unsigned char>(byte[0]) % bound;
  }
  std::string Take(size_t size) {
    const absl::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return std::string(taken);
  }
  std::string TakeRest() { return Take(rest_.size()); }

 private:
  absl::string_view rest_;
};

std::string TakeMagic(Input* input) {
  std::string magic = input->Take(1 + input->Below(5));
  std::replace(magic.begin(), magic.end(), '\n', 'n');
  if (magic.empty() || magic.front() == '\0') magic.insert(0, "0");
  return magic;
}

void Check(absl::string_view bytes) {
  Input input(bytes);
  LineMatcherOptions options;
  const size_t choices = input.Below(4);
  if ((choices & 1) != 0) options.case_rule = CaseRule::kIgnoreAscii;
  const FileEnd end = (choices & 2) != 0 ? FileEnd::kFinal : FileEnd::kOpen;
  std::vector<std::string> magics(1 + input.Below(3));
  for (std::string& magic : magics) magic = TakeMagic(&input);
  std::vector<size_t> lengths(input.Below(16));
  for (size_t& length : lengths) length = input.Below(256);
  const std::string file = input.TakeRest();
  const auto size = static_cast<int64_t>(file.size());
  std::vector<FilePiece> pieces;
  int64_t at = 0;
  for (const size_t length : lengths) {
    at = std::min(at + static_cast<int64_t>(length % 64), size);
    pieces.push_back({at, length >= 192   ? PieceUse::kSkip
                          : length >= 128 ? PieceUse::kScanApart
                                          : PieceUse::kScan});
  }
  pieces.push_back({size, PieceUse::kScan});

  const auto matcher = LineMatcher::Create(magics, options);
  if (!matcher.ok()) {
    std::cerr << matcher.status() << "\n";
    std::abort();
  }
  const AppendScanner scanner(&*matcher);
  const std::vector<LineMatch> found =
      ScanInPieces(scanner, file, pieces, end).matches;
  const std::vector<LineMatch> expected =
      MatchOracle(magics, options).Expect(file, pieces, end);
  if (found == expected) return;
  for (const std::string& magic : magics) {
    std::cerr << "magic \"" << absl::CHexEscape(magic) << "\"\n";
  }
  std::cerr << "file \"" << absl::CHexEscape(file) << "\"\n";
  for (const FilePiece& piece : pieces) std::cerr << piece << "\n";
  for (const LineMatch& match : found) std::cerr << "found " << match << "\n";
  for (const LineMatch& match : expected) {
    std::cerr << "expected " << match << "\n";
  }
  std::abort();
}

}  // namespace
}  // namespace dirwatcher

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  dirwatcher::Check(
      absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
