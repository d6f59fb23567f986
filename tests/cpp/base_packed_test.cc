#include <gtest/gtest.h>

#include <string>

#include "base/packed.h"
#include "tree_text.h"

namespace hawser {
namespace {

TEST(Packed, ThereAndBack) {
  for (const std::string_view text :
       {R"({})", R"(["a"])", R"("")",
        R"({"a":{"b":["a",1,-2,1.5,true,false,null,"text","ž"]},"":["a",["a"],{}]})",
        R"(["a",["i","9223372036854775807"],["i","-9223372036854775808"],["f","inf"],["f","-inf"]])",
        R"({"at":["o","1979-05-27T07:32:00Z"],"day":["l","1979-05-27"]})"}) {
    const auto back = ReadPacked(Packed(TreeOf(text)));
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(TextOf(*back), text);
  }
}

TEST(Packed, KnowsItsLayer) {
  const auto tree = ReadPacked(Packed(R"({"key":["a",1]})"), 3);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->origin.layer, 3);
  EXPECT_EQ(tree->entries[0].value.entries[0].value.origin.layer, 3);
}

TEST(Packed, WhatIsCutOffOrTooLongIsNone) {
  const std::string whole = Packed(R"({"key":["a",1,1.5,"text",["l","x"],true,null]})");
  ASSERT_TRUE(ReadPacked(whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(ReadPacked(std::string_view(whole).substr(0, length))) << length;
  }
  EXPECT_FALSE(ReadPacked(whole + "n"));
  EXPECT_FALSE(ReadPacked("x"));
  EXPECT_FALSE(ReadPacked(std::string("s\xff\xff\xff\xff", 5)));
  EXPECT_FALSE(ReadPacked(std::string("a\xff\xff\xff\xff", 5)));
}

TEST(Packed, DepthIsBounded) {
  const auto nested = [](int levels) {
    std::string out;
    for (int i = 0; i < levels; ++i) out += std::string("a\1\0\0\0", 5);
    return out + "n";
  };
  EXPECT_TRUE(ReadPacked(nested(kMaxTreeDepth + 1)));  // The root is no level.
  EXPECT_FALSE(ReadPacked(nested(kMaxTreeDepth + 2)));
  EXPECT_FALSE(ReadPacked(nested(100'000)));
}

}  // namespace
}  // namespace hawser
