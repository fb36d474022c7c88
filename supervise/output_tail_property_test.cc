#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "rapidcheck.h"
#include "rapidcheck/gtest.h"
#include "supervise/output_tail.h"

namespace dirwatcher {
namespace {

using Chunk = std::pair<int, std::string>;  // stream, bytes

// Keeps everything, byte by byte, and cuts at the end.
std::string NaiveTail(const std::vector<Chunk>& chunks,
                      const OutputTailOptions& options) {
  std::vector<std::string> lines;
  std::string unfinished[2];
  for (const auto& [stream, bytes] : chunks) {
    for (const char c : bytes) {
      if (c == '\n') {
        lines.push_back(unfinished[stream]);
        unfinished[stream].clear();
      } else {
        unfinished[stream] += c;
      }
    }
  }
  for (const std::string& rest : unfinished) {
    if (!rest.empty()) lines.push_back(rest);
  }
  std::string result;
  size_t room = options.max_bytes;
  for (size_t i = 0; i < options.max_lines && i < lines.size(); ++i) {
    std::string line = lines[lines.size() - 1 - i];
    if (room == 0) break;
    if (line.size() + 1 <= room) {
      room -= line.size() + 1;
      result = absl::StrCat(line, "\n", result);
      continue;
    }
    line.erase(0, line.size() - (room - 1));
    for (int n = 0; n < 3 && (line[0] & 0xC0) == 0x80; ++n) line.erase(0, 1);
    result = absl::StrCat(OutputTail::kCutMark, line, "\n", result);
    break;
  }
  return result;
}

rc::Gen<char> AnyByte() {
  return rc::gen::weightedOneOf<char>(
      {{3, rc::gen::just('\n')},
       {8, rc::gen::element('a', 'b', 'c', 'd')},
       {2, rc::gen::element('\xC3', '\xA4', '\x80', '\xF0')}});
}

rc::Gen<std::vector<Chunk>> AnyChunks() {
  return rc::gen::container<std::vector<Chunk>>(rc::gen::pair(
      rc::gen::inRange(0, 2), rc::gen::container<std::string>(AnyByte())));
}

OutputTailOptions AnyOptions() {
  OutputTailOptions options;
  options.max_lines = *rc::gen::inRange<size_t>(0, 6);
  options.max_bytes = *rc::gen::inRange<size_t>(0, 40);
  return options;
}

std::string TailOf(const std::vector<Chunk>& chunks,
                   const OutputTailOptions& options) {
  OutputTail tail(options);
  for (const auto& [stream, bytes] : chunks) {
    tail.Append(static_cast<OutputTail::Stream>(stream), bytes);
  }
  return tail.Text();
}

RC_GTEST_PROP(OutputTailProperty, IsWhatOneThatKeepsEverythingShows, ()) {
  const std::vector<Chunk> chunks = *AnyChunks();
  const OutputTailOptions options = AnyOptions();
  const std::string text = TailOf(chunks, options);
  RC_CLASSIFY(absl::StartsWith(text, OutputTail::kCutMark), "cut");
  RC_CLASSIFY(text.empty(), "empty");
  RC_ASSERT(text == NaiveTail(chunks, options));
}

RC_GTEST_PROP(OutputTailProperty, EveryWayOfCuttingAStreamGivesTheSame, ()) {
  const std::string bytes = *rc::gen::container<std::string>(AnyByte());
  const OutputTailOptions options = AnyOptions();
  const std::string whole = TailOf({{0, bytes}}, options);
  for (size_t size = 1; size <= bytes.size(); ++size) {
    std::vector<Chunk> chunks;
    for (size_t at = 0; at < bytes.size(); at += size) {
      chunks.emplace_back(0, bytes.substr(at, size));
    }
    RC_ASSERT(TailOf(chunks, options) == whole);
  }
}

}  // namespace
}  // namespace dirwatcher
