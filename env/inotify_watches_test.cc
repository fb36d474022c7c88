// How InotifyWatches behaves is tested through EventWaker.

#include "env/inotify_watches.h"

#include <linux/magic.h>

#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(InotifySeesAllChanges, OnLocalFileSystems) {
  for (const uint64_t f_type :
       {uint64_t{EXT4_SUPER_MAGIC}, uint64_t{XFS_SUPER_MAGIC},
        uint64_t{BTRFS_SUPER_MAGIC}, uint64_t{TMPFS_MAGIC},
        uint64_t{OVERLAYFS_SUPER_MAGIC}}) {
    EXPECT_TRUE(InotifySeesAllChanges(f_type)) << std::hex << f_type;
  }
}

TEST(InotifySeesAllChanges, NotWhereOtherHostsOrAServerChangeFiles) {
  for (const uint64_t f_type :
       {uint64_t{NFS_SUPER_MAGIC}, uint64_t{SMB_SUPER_MAGIC},
        uint64_t{FUSE_SUPER_MAGIC}, uint64_t{V9FS_MAGIC},
        uint64_t{AFS_SUPER_MAGIC}, uint64_t{CODA_SUPER_MAGIC},
        uint64_t{0xFF534D42}, uint64_t{0xFE534D42}, uint64_t{0x00C36400}}) {
    EXPECT_FALSE(InotifySeesAllChanges(f_type)) << std::hex << f_type;
  }
}

TEST(InotifySeesAllChanges, TakesMagicsThatWereSignExtended) {
  EXPECT_FALSE(InotifySeesAllChanges(0xFFFFFFFFFF534D42));
}

}  // namespace
}  // namespace dirwatcher
