module comingfrom

go 1.25

require (
	golang.org/x/sync v0.17.0
	golang.org/x/time v0.14.0
)
