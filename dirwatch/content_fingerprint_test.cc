#include "dirwatch/content_fingerprint.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

constexpr int64_t kHead = ContentFingerprint::kHeadBytes;
constexpr int64_t kTail = ContentFingerprint::kTailBytes;

// Bytes that do not repeat themselves.
std::string Content(int64_t size) {
  std::string content;
  for (uint32_t x = 1; content.size() < static_cast<size_t>(size);) {
    x = x * 1664525 + 1013904223;
    content.push_back(static_cast<char>(x >> 24));
  }
  return content;
}

// The fingerprint of all of `content`, read in pieces of `piece_bytes`.
ContentFingerprint Read(absl::string_view content, int64_t piece_bytes) {
  ContentFingerprint fingerprint;
  const auto size = static_cast<int64_t>(content.size());
  for (int64_t at = 0; at < size; at += piece_bytes) {
    const int64_t begin = at - fingerprint.tail_bytes();
    const int64_t end = std::min(at + piece_bytes, size);
    const absl::string_view piece = content.substr(begin, end - begin);
    fingerprint.Append(piece, piece.substr(at - begin));
  }
  return fingerprint;
}

bool Matches(const ContentFingerprint& fingerprint, absl::string_view content) {
  return fingerprint.MatchesHead(content.substr(0, fingerprint.head_bytes())) &&
         fingerprint.MatchesTail(
             content.substr(fingerprint.size() - fingerprint.tail_bytes(),
                            fingerprint.tail_bytes()));
}

TEST(ContentFingerprint, OfNothingCoversNothingAndMatchesIt) {
  const ContentFingerprint nothing;
  EXPECT_EQ(nothing.size(), 0);
  EXPECT_EQ(nothing.head_bytes(), 0);
  EXPECT_EQ(nothing.tail_bytes(), 0);
  EXPECT_TRUE(nothing.MatchesHead(""));
  EXPECT_TRUE(nothing.MatchesTail(""));
}

TEST(ContentFingerprint, CoversAsMuchAsThereIsUpToItsLimits) {
  for (const int64_t size : {int64_t{1}, kTail, kTail + 1, kHead, kHead + 1}) {
    const ContentFingerprint fingerprint = Read(Content(size), size);
    EXPECT_EQ(fingerprint.size(), size);
    EXPECT_EQ(fingerprint.head_bytes(), std::min(size, kHead));
    EXPECT_EQ(fingerprint.tail_bytes(), std::min(size, kTail));
  }
}

TEST(ContentFingerprint, MatchesWhatWasReadHoweverItWasCut) {
  for (const int64_t size : {int64_t{1}, kTail - 1, kTail, kTail + 1, kHead - 1,
                             kHead, kHead + 1, 3 * kHead}) {
    const std::string content = Content(size);
    for (const int64_t piece : {int64_t{1}, int64_t{7}, kTail - 1, kTail,
                                kTail + 1, kHead - 1, kHead, kHead + 1, size}) {
      EXPECT_TRUE(Matches(Read(content, piece), content))
          << size << " bytes in pieces of " << piece;
    }
  }
}

TEST(ContentFingerprint, StillMatchesWhenMoreFollows) {
  const std::string content = Content(5000);
  const ContentFingerprint fingerprint =
      Read(absl::string_view(content).substr(0, 2000), 300);
  EXPECT_TRUE(Matches(fingerprint, content));
}

TEST(ContentFingerprint, SeesAChangeOfAnyByteItCovers) {
  const int64_t size = kHead + 2 * kTail;
  const std::string content = Content(size);
  const ContentFingerprint fingerprint = Read(content, 100);
  for (int64_t at = 0; at < size; ++at) {
    std::string changed = content;
    changed[at] ^= 1;
    const bool covered = at < kHead || at >= size - kTail;
    EXPECT_EQ(Matches(fingerprint, changed), !covered) << at;
  }
}

TEST(ContentFingerprint, SeesThatTwoBytesChangedPlaces) {
  const std::string content = Content(kHead);
  const ContentFingerprint fingerprint = Read(content, kHead);
  for (size_t at = 0; at < 40; ++at) {
    for (size_t other = 0; other < at; ++other) {
      std::string changed = content;
      std::swap(changed[at], changed[other]);
      EXPECT_EQ(Matches(fingerprint, changed), changed == content)
          << at << " and " << other;
    }
  }
}

TEST(ContentFingerprint, SeesAnotherNumberOfNuls) {
  const ContentFingerprint fingerprint = Read(std::string(10, '\0'), 10);
  EXPECT_TRUE(fingerprint.MatchesHead(std::string(10, '\0')));
  EXPECT_FALSE(fingerprint.MatchesHead(std::string(9, '\0')));
}

TEST(ContentFingerprint, AppendingNothingChangesNothing) {
  const std::string content = Content(2000);
  ContentFingerprint fingerprint = Read(content, 2000);
  fingerprint.Append(content, absl::string_view(content).substr(2000));
  EXPECT_EQ(fingerprint.size(), 2000);
  EXPECT_TRUE(Matches(fingerprint, content));
}

TEST(ContentFingerprint, ACopyStaysWhereTheOriginalGoesOn) {
  const std::string content = Content(600);
  ContentFingerprint fingerprint =
      Read(absl::string_view(content).substr(0, 500), 500);
  const ContentFingerprint copy = fingerprint;
  fingerprint.Append(content, absl::string_view(content).substr(500));
  EXPECT_EQ(copy.size(), 500);
  EXPECT_TRUE(Matches(copy, content));
  EXPECT_TRUE(Matches(fingerprint, content));
}

}  // namespace
}  // namespace dirwatcher
