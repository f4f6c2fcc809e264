package org.roadloop.compute.site;

/** What an executor's image stands for at a site without a container registry (执行镜像). */
public sealed interface Image permits ToolImage, RootImage {
    /** As a task names it, without a tag. */
    String name();

    /** One sentence for the task's log: what the program really ran on. */
    String basis();
}
