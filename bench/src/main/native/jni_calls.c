// What JniCalls declares.
#include <jni.h>

JNIEXPORT void JNICALL Java_org_panagrad_bench_JniCalls_empty(JNIEnv *env, jclass type) {
  (void)env;
  (void)type;
}

JNIEXPORT void JNICALL Java_org_panagrad_bench_JniCalls_array(JNIEnv *env, jclass type, jfloatArray x) {
  (void)type;
  void *elements = (*env)->GetPrimitiveArrayCritical(env, x, NULL);
  if (elements != NULL) {
    (*env)->ReleasePrimitiveArrayCritical(env, x, elements, JNI_ABORT);
  }
}
