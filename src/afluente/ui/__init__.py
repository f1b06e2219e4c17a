"""The look and the shell: styles, components, navigation. Knows no word of the business."""
