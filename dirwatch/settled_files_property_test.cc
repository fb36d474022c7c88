// SettledFiles against a map of unpacked values.

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "dirwatch/settled_files.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

int64_t AnyOffset() {
  return *rc::gen::oneOf(
      rc::gen::just<int64_t>(0), rc::gen::inRange<int64_t>(1, 100),
      rc::gen::just<int64_t>(UINT32_MAX),
      rc::gen::inRange<int64_t>(int64_t{1} << 33, int64_t{1} << 62));
}

// As a reader leaves it.
FilePosition AnyPosition() {
  FilePosition position;
  ScanState& scan = position.scan;
  scan.offset_bytes = AnyOffset();
  if (scan.offset_bytes > 0) {
    scan.line = 1 + AnyOffset();
    scan.line_start = *rc::gen::oneOf(
        rc::gen::just<int64_t>(0), rc::gen::just(scan.offset_bytes),
        rc::gen::inRange<int64_t>(0, scan.offset_bytes));
    scan.line_done = *rc::gen::arbitrary<bool>();
    position.fingerprint = ContentFingerprint::FromHashes(
        scan.offset_bytes, *rc::gen::arbitrary<uint64_t>(),
        *rc::gen::arbitrary<uint64_t>());
  }
  // What lies behind the offset counts; the rest was skipped already.
  const bool skips = *rc::gen::inRange(0, 4) == 0;
  if (skips) position.skip_until_bytes = scan.offset_bytes + 1 + AnyOffset();
  return position;
}

RestStat AnyRest() {
  RestStat rest;
  rest.stamp = *rc::gen::arbitrary<uint64_t>();
  rest.size_matches = *rc::gen::arbitrary<bool>();
  rest.full_polls = *rc::gen::inRange(0, 3);
  return rest;
}

void ExpectSame(const FilePosition& a, const FilePosition& b) {
  RC_ASSERT(a.scan == b.scan);
  RC_ASSERT(a.skip_until_bytes == b.skip_until_bytes);
  RC_ASSERT(a.fingerprint.size() == b.fingerprint.size());
  RC_ASSERT(a.fingerprint.head_hash() == b.fingerprint.head_hash());
  RC_ASSERT(a.fingerprint.tail_hash() == b.fingerprint.tail_hash());
}

RC_GTEST_PROP(SettledFilesProperty, GivesBackWhatItWasGiven, ()) {
  SettledFiles files;
  std::map<FileSlot, std::pair<FilePosition, RestStat>> expected;
  const int steps = *rc::gen::inRange(0, 60);
  bool saw_odd = false;
  for (int i = 0; i < steps; ++i) {
    const FileSlot slot = *rc::gen::inRange<FileSlot>(0, 8);
    if (expected.count(slot) == 0) {
      files.Add(slot);
      expected[slot] = {};
    } else if (*rc::gen::inRange(0, 4) == 0) {
      files.Remove(slot);
      expected.erase(slot);
    } else {
      const FilePosition position = AnyPosition();
      const RestStat rest = AnyRest();
      saw_odd |= position.skip_until_bytes > 0 ||
                 position.scan.offset_bytes - position.scan.line_start >
                     int64_t{UINT32_MAX};
      files.Set(slot, position, rest);
      expected[slot] = {position, rest};
    }
    RC_ASSERT(files.size() == expected.size());
    for (FileSlot each = 0; each < 9; ++each) {
      RC_ASSERT(files.Contains(each) == (expected.count(each) > 0));
    }
    for (const auto& [each, what] : expected) {
      ExpectSame(files.position(each), what.first);
      RC_ASSERT(files.offset_bytes(each) == what.first.scan.offset_bytes);
      RC_ASSERT(files.rest(each).stamp == what.second.stamp);
      RC_ASSERT(files.rest(each).size_matches == what.second.size_matches);
      RC_ASSERT(files.rest(each).full_polls == what.second.full_polls);
    }
    std::set<FileSlot> visited;
    files.ForEach([&visited](FileSlot each) { visited.insert(each); });
    RC_ASSERT(visited.size() == expected.size());
  }
  RC_CLASSIFY(saw_odd, "a position that does not fit");
}

}  // namespace
}  // namespace dirwatcher
