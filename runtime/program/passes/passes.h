// The rewrites that make a draft cheaper without changing what it computes.
#pragma once

#include "runtime/layers/layer.h"
#include "runtime/program/draft.h"

namespace karnin {

/// Dropout does nothing in inference, nor at rate 0.
void remove_idle_dropout(Draft& draft, Purpose purpose);

/// A softmax that gives the one output, or its logarithm. For cross-entropy, which takes logits:
/// the classes of the largest are the same.
void remove_final_softmax(Draft& draft);

/// ReLU, max pool -> max pool, ReLU: both are monotone, so the values are equal, and with
/// relu'(0) = 0 so is the gradient; what the ReLU touches is as many times smaller as a window has
/// pixels. For training, where the mask costs a pass over its tensor; in inference a ReLU inside
/// the convolution costs nothing.
void move_relu_behind_max_pool(Draft& draft);

/// Batch normalisation, or another factor and summand a channel, right behind a convolution or
/// fully connected layer becomes part of its weights and biases. In inference, where they stay.
void fold_affine(Draft& draft);

/// An addition right behind a convolution becomes part of it, which then reads what is added as its
/// second input. Not in lanes; for inference, where nobody asks what was added to what.
void fuse_add(Draft& draft);

/// The same of an activation which oneDNN computes as exactly as we do, and that keeps zeros.
void fuse_activation(Draft& draft);

/// A ReLU right behind a convolution or fully connected layer becomes part of it.
void fuse_relu(Draft& draft);

/// A 2x2 max pool right behind a convolution without stride and padding becomes part of it, where
/// the domain of both has a layer for them: planes, and in inference lanes.
void fuse_max_pool(Draft& draft, Purpose purpose);

}  // namespace karnin
