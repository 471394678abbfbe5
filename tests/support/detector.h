// A network with several outputs, as detectors have them.
#pragma once

#include "runtime/graph/graph.h"

namespace karnin::test {

/// Two scales, each with a head of 2 boxes and one of 3 classes for each of them. What comes out:
/// the boxes of both scales side by side (1x96x4) and their scores (3x1x96, softmax); whether there
/// is something at all (sigmoid); the features of one scale, which the next one and all heads read,
/// before and behind their ReLU; the last of these once more, by a dropout; and the images, by
/// another one.
inline Graph detector() {
  Graph net = make_graph("detector", {3, 13, 12});
  const NodeId images = append(net, "images", Dropout{0.5F}, {0});
  append(net, "conv1", Conv2d{.oc = 6, .kh = 3, .kw = 3, .sh = 2, .sw = 2, .ph = 1, .pw = {0, 1}});
  const NodeId norm = append(net, "norm1", BatchNorm{});
  const NodeId large = append(net, "relu1", Relu{});  // 6 x 7 x 6
  append(net, "conv2", Conv2d{.oc = 7, .kh = 3, .kw = 3, .sh = 2, .sw = 2, .ph = {0, 1}});
  const NodeId small = append(net, "relu2", Relu{});  // 7 x 3 x 2
  const auto head = [&](const std::string& name, NodeId src, std::int64_t oc, const Extent& out) {
    append(net, name, Conv2d{.oc = oc, .kh = 3, .kw = 3, .ph = 1, .pw = 1}, {src});
    append(net, name + "_hcw", Transpose{{1, 0, 2}});
    append(net, name + "_hwc", Transpose{{0, 2, 1}});
    return append(net, name + "_flat", Reshape{out});
  };
  const NodeId box1 = head("box1", large, 8, {84, 1, 4}), box2 = head("box2", small, 8, {12, 1, 4});
  append(net, "rows", Concat{}, {box1, box2});
  const NodeId boxes = append(net, "boxes", Reshape{{1, 96, 4}});
  const NodeId class1 = head("class1", large, 6, {84, 1, 3});
  const NodeId class2 = head("class2", small, 6, {12, 1, 3});
  append(net, "classes", Concat{}, {class1, class2});
  append(net, "by_class", Transpose{{2, 1, 0}});
  const NodeId scores = append(net, "scores", Softmax{});
  append(net, "fc", FullyConnected{5}, {small});
  const NodeId any = append(net, "any", Activation{ActivationKind::sigmoid});
  const NodeId again = append(net, "again", Dropout{0.25F}, {large});
  net.outputs = {boxes, scores, any, norm, large, again, images};
  return net;
}

}  // namespace karnin::test
